/// The names that DICOM gives attributes (PS3.6): those of patients, studies, series, equipment, acquisition and images that people
/// choose by. Others are given by their number. Sequences are none of them: what is in them is not looked at.
enum DICOMKeywords {
    /// The number of an attribute, by its keyword in any case.
    static func number(of keyword: String) -> UInt32? { byName[keyword.lowercased()] }

    /// The keyword of an attribute; `nil` for one that is not in the table.
    static func keyword(of number: UInt32) -> String? { byNumber[number] }

    /// All keywords, in the order of their numbers.
    static let all = table.map(\.keyword)

    private static let byName = Dictionary(table.map { ($0.keyword.lowercased(), $0.number) }) { first, _ in first }
    private static let byNumber = Dictionary(table.map { ($0.number, $0.keyword) }) { first, _ in first }

    // One text: the compiler takes long over a list of hundreds of pairs.
    private static let table: [(number: UInt32, keyword: String)] = {
        let words = text.split { $0 == " " || $0 == "\n" }
        return stride(from: 0, to: words.count - 1, by: 2).compactMap { position in
            UInt32(words[position], radix: 16).map { ($0, String(words[position + 1])) }
        }
    }()

    private static let text = """
        00020002 MediaStorageSOPClassUID  00020003 MediaStorageSOPInstanceUID  00020010 TransferSyntaxUID
        00020012 ImplementationClassUID  00020013 ImplementationVersionName  00020016 SourceApplicationEntityTitle
        00080005 SpecificCharacterSet  00080008 ImageType  00080012 InstanceCreationDate  00080013 InstanceCreationTime
        00080014 InstanceCreatorUID  00080016 SOPClassUID  00080018 SOPInstanceUID  00080020 StudyDate
        00080021 SeriesDate  00080022 AcquisitionDate  00080023 ContentDate  0008002A AcquisitionDateTime
        00080030 StudyTime  00080031 SeriesTime  00080032 AcquisitionTime  00080033 ContentTime  00080050 AccessionNumber
        00080052 QueryRetrieveLevel  00080054 RetrieveAETitle  00080056 InstanceAvailability  00080060 Modality
        00080061 ModalitiesInStudy  00080064 ConversionType  00080068 PresentationIntentType  00080070 Manufacturer
        00080080 InstitutionName  00080081 InstitutionAddress  00080090 ReferringPhysicianName
        0008009C ConsultingPhysicianName  00080201 TimezoneOffsetFromUTC  00081010 StationName  00081030 StudyDescription
        0008103E SeriesDescription  00081040 InstitutionalDepartmentName  00081048 PhysiciansOfRecord
        00081050 PerformingPhysicianName  00081060 NameOfPhysiciansReadingStudy  00081070 OperatorsName
        00081080 AdmittingDiagnosesDescription  00081090 ManufacturerModelName  00082111 DerivationDescription
        00082132 EventTimerNames  00082142 StartTrim  00082143 StopTrim  00082144 RecommendedDisplayFrameRate
        00089007 FrameType  00089205 PixelPresentation  00089206 VolumetricProperties
        00089207 VolumeBasedCalculationTechnique  00089208 ComplexImageComponent  00089209 AcquisitionContrast
        00100010 PatientName  00100020 PatientID  00100021 IssuerOfPatientID  00100022 TypeOfPatientID
        00100030 PatientBirthDate  00100032 PatientBirthTime  00100040 PatientSex  00100200 QualityControlSubject
        00101000 OtherPatientIDs  00101001 OtherPatientNames  00101010 PatientAge  00101020 PatientSize
        00101022 PatientBodyMassIndex  00101030 PatientWeight  00101040 PatientAddress  00102000 MedicalAlerts
        00102110 Allergies  00102150 CountryOfResidence  00102160 EthnicGroup  00102180 Occupation  001021A0 SmokingStatus
        001021B0 AdditionalPatientHistory  001021C0 PregnancyStatus  00102201 PatientSpeciesDescription
        00102203 PatientSexNeutered  00102292 PatientBreedDescription  00102297 ResponsiblePerson
        00102299 ResponsibleOrganization  00104000 PatientComments
        00120010 ClinicalTrialSponsorName  00120020 ClinicalTrialProtocolID  00120021 ClinicalTrialProtocolName
        00120030 ClinicalTrialSiteID  00120031 ClinicalTrialSiteName  00120040 ClinicalTrialSubjectID
        00120042 ClinicalTrialSubjectReadingID  00120050 ClinicalTrialTimePointID
        00120051 ClinicalTrialTimePointDescription  00120052 LongitudinalTemporalOffsetFromEvent
        00120053 LongitudinalTemporalEventType  00120060 ClinicalTrialCoordinatingCenterName
        00120062 PatientIdentityRemoved  00120063 DeidentificationMethod  00120071 ClinicalTrialSeriesID
        00120072 ClinicalTrialSeriesDescription
        00180010 ContrastBolusAgent  00180015 BodyPartExamined  00180020 ScanningSequence  00180021 SequenceVariant
        00180022 ScanOptions  00180023 MRAcquisitionType  00180024 SequenceName  00180025 AngioFlag
        00180031 Radiopharmaceutical  00180034 InterventionDrugName  00180040 CineRate  00180050 SliceThickness
        00180060 KVP  00180070 CountsAccumulated  00180071 AcquisitionTerminationCondition  00180072 EffectiveDuration
        00180073 AcquisitionStartCondition  00180080 RepetitionTime  00180081 EchoTime  00180082 InversionTime
        00180083 NumberOfAverages  00180084 ImagingFrequency  00180085 ImagedNucleus  00180086 EchoNumbers
        00180087 MagneticFieldStrength  00180088 SpacingBetweenSlices  00180089 NumberOfPhaseEncodingSteps
        00180090 DataCollectionDiameter  00180091 EchoTrainLength  00180093 PercentSampling
        00180094 PercentPhaseFieldOfView  00180095 PixelBandwidth  00181000 DeviceSerialNumber  00181002 DeviceUID
        00181004 PlateID  00181012 DateOfSecondaryCapture  00181016 SecondaryCaptureDeviceManufacturer
        00181018 SecondaryCaptureDeviceManufacturerModelName  00181020 SoftwareVersions
        00181023 DigitalImageFormatAcquired  00181030 ProtocolName  00181040 ContrastBolusRoute
        00181041 ContrastBolusVolume  00181042 ContrastBolusStartTime  00181043 ContrastBolusStopTime
        00181044 ContrastBolusTotalDose  00181046 ContrastFlowRate  00181047 ContrastFlowDuration
        00181048 ContrastBolusIngredient  00181049 ContrastBolusIngredientConcentration  00181050 SpatialResolution
        00181060 TriggerTime  00181062 NominalInterval  00181063 FrameTime  00181066 FrameDelay
        00181070 RadiopharmaceuticalRoute  00181071 RadiopharmaceuticalVolume  00181072 RadiopharmaceuticalStartTime
        00181073 RadiopharmaceuticalStopTime  00181074 RadionuclideTotalDose  00181075 RadionuclideHalfLife
        00181076 RadionuclidePositronFraction  00181077 RadiopharmaceuticalSpecificActivity
        00181078 RadiopharmaceuticalStartDateTime  00181079 RadiopharmaceuticalStopDateTime  00181088 HeartRate
        00181090 CardiacNumberOfImages  00181094 TriggerWindow  00181100 ReconstructionDiameter
        00181110 DistanceSourceToDetector  00181111 DistanceSourceToPatient
        00181114 EstimatedRadiographicMagnificationFactor  00181120 GantryDetectorTilt  00181130 TableHeight
        00181131 TableTraverse  00181140 RotationDirection  00181141 AngularPosition  00181142 RadialPosition
        00181147 FieldOfViewShape  00181149 FieldOfViewDimensions  00181150 ExposureTime  00181151 XRayTubeCurrent
        00181152 Exposure  00181153 ExposureInuAs  00181154 AveragePulseWidth  00181155 RadiationSetting
        00181156 RectificationType  0018115A RadiationMode  0018115E ImageAndFluoroscopyAreaDoseProduct
        00181160 FilterType  00181161 TypeOfFilters  00181162 IntensifierSize  00181164 ImagerPixelSpacing  00181166 Grid
        00181170 GeneratorPower  00181180 CollimatorGridName  00181181 CollimatorType  00181182 FocalDistance
        00181190 FocalSpots  00181191 AnodeTargetMaterial  001811A0 BodyPartThickness  001811A2 CompressionForce
        00181210 ConvolutionKernel  00181242 ActualFrameDuration  00181243 CountRate  00181244 PreferredPlaybackSequencing
        00181250 ReceiveCoilName  00181251 TransmitCoilName  00181260 PlateType  00181261 PhosphorType
        00181271 WaterEquivalentDiameter  00181300 ScanVelocity  00181301 WholeBodyTechnique  00181302 ScanLength
        00181310 AcquisitionMatrix  00181312 InPlanePhaseEncodingDirection  00181314 FlipAngle
        00181315 VariableFlipAngleFlag  00181316 SAR  00181318 dBdt  00181320 B1rms
        00181400 AcquisitionDeviceProcessingDescription  00181401 AcquisitionDeviceProcessingCode
        00181402 CassetteOrientation  00181403 CassetteSize  00181404 ExposuresOnPlate  00181405 RelativeXRayExposure
        00181500 PositionerMotion  00181508 PositionerType  00181510 PositionerPrimaryAngle
        00181511 PositionerSecondaryAngle  00181530 DetectorPrimaryAngle  00181531 DetectorSecondaryAngle
        00185010 TransducerData  00185012 FocusDepth  00185020 ProcessingFunction  00185022 MechanicalIndex
        00185024 BoneThermalIndex  00185026 CranialThermalIndex  00185027 SoftTissueThermalIndex
        00185050 DepthOfScanField  00185100 PatientPosition  00185101 ViewPosition  00186000 Sensitivity
        00186031 TransducerType  00187001 DetectorTemperature  00187004 DetectorType  00187005 DetectorConfiguration
        00187006 DetectorDescription  00187008 DetectorMode  0018700A DetectorID  0018700C DateOfLastDetectorCalibration
        00187014 DetectorActiveTime  00187060 ExposureControlMode  00187062 ExposureControlModeDescription
        00187064 ExposureStatus  00187065 PhototimerSetting  00189005 PulseSequenceName  00189008 EchoPulseSequence
        00189011 MultipleSpinEcho  00189012 MultiPlanarExcitation  00189014 PhaseContrast  00189015 TimeOfFlightContrast
        00189017 SteadyStatePulseSequence  00189018 EchoPlanarPulseSequence  00189024 SaturationRecovery
        00189025 SpectrallySelectedSuppression  00189029 OversamplingPhase  00189032 GeometryOfKSpaceTraversal
        00189034 RectilinearPhaseEncodeReordering  00189037 CardiacSynchronizationTechnique
        00189058 MRAcquisitionFrequencyEncodingSteps  00189069 ParallelReductionFactorInPlane
        00189073 AcquisitionDuration  00189075 DiffusionDirectionality  00189077 ParallelAcquisition
        00189078 ParallelAcquisitionTechnique  00189087 DiffusionBValue  00189089 DiffusionGradientOrientation
        00189090 VelocityEncodingDirection  00189170 RespiratoryMotionCompensationTechnique
        00189231 MRAcquisitionPhaseEncodingStepsInPlane  00189302 AcquisitionType  00189303 TubeAngle
        00189305 RevolutionTime  00189306 SingleCollimationWidth  00189307 TotalCollimationWidth  00189309 TableSpeed
        00189310 TableFeedPerRotation  00189311 SpiralPitchFactor  00189313 DataCollectionCenterPatient
        00189315 ReconstructionAlgorithm  00189317 ReconstructionFieldOfView  00189318 ReconstructionTargetCenterPatient
        00189319 ReconstructionAngle  00189320 ImageFilter  00189322 ReconstructionPixelSpacing
        00189323 ExposureModulationType  00189324 EstimatedDoseSaving  00189328 ExposureTimeInms
        00189330 XRayTubeCurrentInmA  00189332 ExposureInmAs  00189345 CTDIvol
        0020000D StudyInstanceUID  0020000E SeriesInstanceUID  00200010 StudyID  00200011 SeriesNumber
        00200012 AcquisitionNumber  00200013 InstanceNumber  00200020 PatientOrientation  00200032 ImagePositionPatient
        00200037 ImageOrientationPatient  00200052 FrameOfReferenceUID  00200060 Laterality  00200062 ImageLaterality
        00200100 TemporalPositionIdentifier  00200105 NumberOfTemporalPositions  00200110 TemporalResolution
        00200200 SynchronizationFrameOfReferenceUID  00201000 SeriesInStudy  00201001 AcquisitionsInSeries
        00201002 ImagesInAcquisition  00201040 PositionReferenceIndicator  00201041 SliceLocation
        00201206 NumberOfStudyRelatedSeries  00201208 NumberOfStudyRelatedInstances
        00201209 NumberOfSeriesRelatedInstances  00204000 ImageComments  00209056 StackID  00209057 InStackPositionNumber
        00209072 FrameLaterality  00209156 FrameAcquisitionNumber  00209158 FrameComments  00209161 ConcatenationUID
        00209162 InConcatenationNumber  0020930D TemporalPositionTimeOffset  00209311 DimensionOrganizationType
        00280002 SamplesPerPixel  00280004 PhotometricInterpretation  00280006 PlanarConfiguration
        00280008 NumberOfFrames  00280009 FrameIncrementPointer  00280010 Rows  00280011 Columns  00280012 Planes
        00280014 UltrasoundColorDataPresent  00280030 PixelSpacing  00280031 ZoomFactor  00280032 ZoomCenter
        00280034 PixelAspectRatio  00280051 CorrectedImage  00280100 BitsAllocated  00280101 BitsStored  00280102 HighBit
        00280103 PixelRepresentation  00280106 SmallestImagePixelValue  00280107 LargestImagePixelValue
        00280108 SmallestPixelValueInSeries  00280109 LargestPixelValueInSeries  00280120 PixelPaddingValue
        00280121 PixelPaddingRangeLimit  00280300 QualityControlImage  00280301 BurnedInAnnotation
        00280302 RecognizableVisualFeatures  00280A02 PixelSpacingCalibrationType
        00280A04 PixelSpacingCalibrationDescription  00281040 PixelIntensityRelationship
        00281041 PixelIntensityRelationshipSign  00281050 WindowCenter  00281051 WindowWidth  00281052 RescaleIntercept
        00281053 RescaleSlope  00281054 RescaleType  00281055 WindowCenterWidthExplanation  00281056 VOILUTFunction
        00281090 RecommendedViewingMode  00281300 BreastImplantPresent  00281350 PartialView
        00281351 PartialViewDescription  00282110 LossyImageCompression  00282112 LossyImageCompressionRatio
        00282114 LossyImageCompressionMethod  00286010 RepresentativeFrameNumber
        0032000A StudyStatusID  0032000C StudyPriorityID  00321032 RequestingPhysician  00321033 RequestingService
        00321060 RequestedProcedureDescription  00324000 StudyComments
        00380010 AdmissionID  00380020 AdmittingDate  00380050 SpecialNeeds  00380300 CurrentPatientLocation
        00400241 PerformedStationAETitle  00400242 PerformedStationName  00400244 PerformedProcedureStepStartDate
        00400245 PerformedProcedureStepStartTime  00400250 PerformedProcedureStepEndDate
        00400252 PerformedProcedureStepStatus  00400253 PerformedProcedureStepID
        00400254 PerformedProcedureStepDescription  00400302 EntranceDose  00400303 ExposedArea
        00400306 DistanceSourceToEntrance  00400310 CommentsOnRadiationDose  00400316 OrganDose  00400318 OrganExposed
        00400512 ContainerIdentifier  00401001 RequestedProcedureID  00401002 ReasonForTheRequestedProcedure
        00401003 RequestedProcedurePriority  00401400 RequestedProcedureComments
        00402016 PlacerOrderNumberImagingServiceRequest  00402017 FillerOrderNumberImagingServiceRequest
        0040A040 ValueType  0040A491 CompletionFlag  0040A493 VerificationFlag
        00420010 DocumentTitle  00420012 MIMETypeOfEncapsulatedDocument
        00480001 ImagedVolumeWidth  00480002 ImagedVolumeHeight  00480003 ImagedVolumeDepth
        00480006 TotalPixelMatrixColumns  00480007 TotalPixelMatrixRows  00480010 SpecimenLabelInImage
        00480011 FocusMethod  00480012 ExtendedDepthOfField  00480013 NumberOfFocalPlanes  00480106 OpticalPathIdentifier
        00480107 OpticalPathDescription  00480112 ObjectiveLensPower  00480113 ObjectiveLensNumericalAperture
        00480302 NumberOfOpticalPaths
        00540011 NumberOfEnergyWindows  00540018 EnergyWindowName  00540021 NumberOfDetectors  00540051 NumberOfRotations
        00540061 NumberOfRRIntervals  00540071 NumberOfTimeSlots  00540081 NumberOfSlices  00540101 NumberOfTimeSlices
        00540202 TypeOfDetectorMotion  00540400 ImageID  00541000 SeriesType  00541001 Units  00541002 CountsSource
        00541004 ReprojectionMethod  00541100 RandomsCorrectionMethod  00541101 AttenuationCorrectionMethod
        00541102 DecayCorrection  00541103 ReconstructionMethod  00541105 ScatterCorrectionMethod  00541201 AxialMash
        00541300 FrameReferenceTime  00541310 PrimaryPromptsCountsAccumulated  00541320 SliceSensitivityFactor
        00541321 DecayFactor  00541322 DoseCalibrationFactor  00541323 ScatterFractionFactor  00541324 DeadTimeFactor
        00541330 ImageIndex
        00620001 SegmentationType  00620004 SegmentNumber  00620005 SegmentLabel  00620008 SegmentAlgorithmType
        00620009 SegmentAlgorithmName
        00700080 ContentLabel  00700081 ContentDescription  00700082 PresentationCreationDate  00700084 ContentCreatorName
        00880130 StorageMediaFileSetID
        20500020 PresentationLUTShape
        30020002 RTImageLabel  30020003 RTImageName  30020004 RTImageDescription
        30040002 DoseUnits  30040004 DoseType  30040006 DoseComment  3004000A DoseSummationType
        3004000C GridFrameOffsetVector  3004000E DoseGridScaling
        30060002 StructureSetLabel  30060004 StructureSetName  30060008 StructureSetDate
        300A0002 RTPlanLabel  300A0003 RTPlanName  300A0004 RTPlanDescription  300A0006 RTPlanDate
        300A0009 TreatmentProtocols  300A000A PlanIntent  300A000C RTPlanGeometry  300A00B2 TreatmentMachineName
        300E0002 ApprovalStatus  300E0004 ReviewDate
        FFFCFFFC DataSetTrailingPadding
        """
}
