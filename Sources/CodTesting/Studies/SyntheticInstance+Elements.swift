extension SyntheticInstance {
    /// The dataset of a slice: the CT Image IOD (DICOM PS3.3 A.3).
    var sliceElements: [DICOMElement] {
        let geometry = series.geometry
        let position = geometry.position(ofSlice: index)
        let spacing = DecimalText.text(geometry.pixelSpacing)
        let sliceSpacing = DecimalText.text(geometry.sliceSpacing)
        let window = series.window
        let imageType = DICOMElement(0x0008_0008, .codeString, "ORIGINAL", "PRIMARY", "AXIAL")
        return identification(imageType: imageType) + [
            DICOMElement(0x0018_0015, .codeString, "CHEST"),
            DICOMElement(0x0018_0050, .decimalString, sliceSpacing),
            DICOMElement(0x0018_0060, .decimalString, "120"),
            DICOMElement(0x0018_0088, .decimalString, sliceSpacing),
            DICOMElement(0x0018_1030, .longString, "PHANTOM CHEST"),
            DICOMElement(0x0018_1210, .shortString, window.kernel),
            DICOMElement(0x0018_5100, .codeString, "HFS"),
        ] + relationship + [
            DICOMElement(
                0x0020_0032, .decimalString, DecimalText.text(geometry.left), DecimalText.text(geometry.back),
                DecimalText.text(position)),
            DICOMElement(0x0020_0037, .decimalString, "1", "0", "0", "0", "1", "0"),
            // One frame of reference: the series of a study lie over each other.
            DICOMElement(0x0020_0052, .uid, SyntheticUID.derived(seed: series.source.study.seed, path: [4])),
            DICOMElement(0x0020_1040, .longString),
            DICOMElement(0x0020_1041, .decimalString, DecimalText.text(position)),
            .number(0x0028_0002, 1),
            DICOMElement(0x0028_0004, .codeString, "MONOCHROME2"),
            .number(0x0028_0010, series.source.study.rows),
            .number(0x0028_0011, series.source.study.columns),
            DICOMElement(0x0028_0030, .decimalString, spacing, spacing),
            .number(0x0028_0100, 16),
            .number(0x0028_0101, 12),
            .number(0x0028_0102, 11),
            .number(0x0028_0103, 0),
            DICOMElement(0x0028_0301, .codeString, "NO"),
            DICOMElement(0x0028_1050, .decimalString, "\(window.center)"),
            DICOMElement(0x0028_1051, .decimalString, "\(window.width)"),
            DICOMElement(0x0028_1052, .decimalString, "\(-ThoraxPhantom.storedOffset)"),
            DICOMElement(0x0028_1053, .decimalString, "1"),
            DICOMElement(0x0028_1054, .longString, "HU"),
            DICOMElement(0x7FE0_0010, .otherWord, .following(byteCount: pixelByteCount)),
        ]
    }

    /// The dataset of a cine: the Ultrasound Multi-frame Image IOD (DICOM PS3.3 A.7).
    var cineElements: [DICOMElement] {
        let imageType = DICOMElement(0x0008_0008, .codeString, "ORIGINAL", "PRIMARY", "TTE", "0001")
        return identification(imageType: imageType) + [
            DICOMElement(0x0018_0015, .codeString, "HEART"),
            DICOMElement(0x0018_0040, .integerString, "30"),
            DICOMElement(0x0018_1063, .decimalString, "33.33"),
        ] + relationship + [
            DICOMElement(0x0020_0020, .codeString),
            .number(0x0028_0002, 1),
            DICOMElement(0x0028_0004, .codeString, "MONOCHROME2"),
            DICOMElement(0x0028_0008, .integerString, "\(frameCount)"),
            // Frames are Frame Time apart.
            DICOMElement(0x0028_0009, .attributeTag, .numbers([0x0018_1063])),
            .number(0x0028_0010, series.source.study.rows),
            .number(0x0028_0011, series.source.study.columns),
            .number(0x0028_0100, 8),
            .number(0x0028_0101, 8),
            .number(0x0028_0102, 7),
            .number(0x0028_0103, 0),
            DICOMElement(0x0028_0301, .codeString, "NO"),
            DICOMElement(0x0028_2110, .codeString, "00"),
            DICOMElement(0x7FE0_0010, .otherByte, .following(byteCount: pixelByteCount)),
        ]
    }

    /// Groups 8 and 10: what it is, whose it is, when and with what it was made.
    private func identification(imageType: DICOMElement) -> [DICOMElement] {
        let study = series.source.study
        // A day that the seed chooses, so that several studies sort.
        let date = "202401\(study.seed % 28 + 1 < 10 ? "0" : "")\(study.seed % 28 + 1)"
        return [
            DICOMElement(0x0008_0005, .codeString, "ISO_IR 192"),
            imageType,
            DICOMElement(0x0008_0016, .uid, sopClass),
            DICOMElement(0x0008_0018, .uid, uid),
            DICOMElement(0x0008_0020, .date, date),
            DICOMElement(0x0008_0021, .date, date),
            DICOMElement(0x0008_0023, .date, date),
            DICOMElement(0x0008_0030, .time, "120000"),
            DICOMElement(0x0008_0031, .time, "120500"),
            DICOMElement(0x0008_0033, .time, "120500"),
            DICOMElement(0x0008_0050, .shortString),
            DICOMElement(0x0008_0060, .codeString, series.modality),
            DICOMElement(0x0008_0070, .longString, "COD Phantom Works"),
            DICOMElement(0x0008_0090, .personName),
            DICOMElement(0x0008_1030, .longString, "Synthetic phantom study"),
            DICOMElement(0x0008_103E, .longString, series.description),
            DICOMElement(0x0008_1090, .longString, "Ellipsoid"),
            DICOMElement(0x0010_0010, .personName, "PHANTOM^COD"),
            DICOMElement(0x0010_0020, .longString, "COD-\(String(study.seed, radix: 16, uppercase: true))"),
            DICOMElement(0x0010_0030, .date),
            DICOMElement(0x0010_0040, .codeString, "O"),
        ]
    }

    /// The first elements of group 20: study, series, number.
    private var relationship: [DICOMElement] {
        [
            DICOMElement(0x0020_000D, .uid, series.source.study.uid),
            DICOMElement(0x0020_000E, .uid, series.uid),
            DICOMElement(0x0020_0010, .shortString, "1"),
            DICOMElement(0x0020_0011, .integerString, "\(series.index + 1)"),
            DICOMElement(0x0020_0012, .integerString, "1"),
            DICOMElement(0x0020_0013, .integerString, "\(index + 1)"),
        ]
    }
}
