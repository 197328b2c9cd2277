/// Where the slices of a CT series lie in the patient, in millimetres (DICOM PS3.3 C.7.6.2).
struct SliceGeometry: Sendable {
    /// Between the middles of neighbouring pixels, both ways.
    let pixelSpacing: Double
    /// Between neighbouring slices; also their thickness.
    let sliceSpacing: Double
    /// The middle of the first pixel, to the patient's left and back.
    let left, back: Double
    private let sliceCount: Int

    /// A field of view of 380 mm across the shorter side; slices share 320 mm, yet none is thinner than 0.5 or thicker than 5 mm.
    init(sliceCount: Int, rows: Int, columns: Int) {
        // Written with four places, so that is what it is.
        pixelSpacing = max((380 / Double(min(rows, columns)) * 10000).rounded() / 10000, 0.0001)
        sliceSpacing = (min(max(320 / Double(max(sliceCount, 1)), 0.5), 5) * 10).rounded() / 10
        left = -pixelSpacing * Double(columns - 1) / 2
        back = -pixelSpacing * Double(rows - 1) / 2
        self.sliceCount = sliceCount
    }

    /// How far to the head the slice lies.
    func position(ofSlice index: Int) -> Double { (Double(index) - Double(sliceCount - 1) / 2) * sliceSpacing }

    /// The same in the phantom's unit: -1 at one end, 1 at the other.
    func height(ofSlice index: Int) -> Double { (Double(index) + 0.5) / Double(max(sliceCount, 1)) * 2 - 1 }
}
