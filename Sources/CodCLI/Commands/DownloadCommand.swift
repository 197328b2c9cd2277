import ArgumentParser
import CodCore
import CodRetrieve

/// `cod download`
struct DownloadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "download",
        abstract: "Save studies to a folder, every instance verified; what is there already is not fetched.",
        discussion: """
            Instances land in DIR/<study>/<series>/instances/<instance>.dcm. Run the same command again after a break: \
            only what is missing is fetched. With --zip each whole study is also zipped, as <study>.zip; \
            with --zip-only it is saved as that alone.

            EXAMPLES
              cod download 'https://portal.example/bucket?token=…' 1.2.840.99 -o studies
              cod download gs://bucket/dicomweb --studies-from list.txt --token-file token
              cod download /mnt/copy-of-bucket 1.2.840.99 --modality CT --dry-run
              cod download gs://bucket/dicomweb 1.2.840.99 --where 'SliceLocation=10..20'
              cod download gs://bucket/dicomweb --series-description '*lung*' --every 5
              cod download gs://bucket/dicomweb 1.2.840.99 -o studies --zip --zip-dir zips
              cod download gs://bucket/dicomweb 1.2.840.99 --zip-only --zip-dir zips
              cod download gs://bucket/dicomweb -o studies --shard 2/8
              cod download gs://bucket/dicomweb --limit-rate 20M --max-bytes 500G
              cod download gs://bucket/dicomweb 1.2.840.99 --layout named
              cod download gs://bucket/dicomweb --layout '{PatientID}/{SOPInstanceUID}'
            """)

    @OptionGroup var source: SourceOptions
    @OptionGroup var selection: SelectionOptions
    @OptionGroup var sharding: ShardOptions
    @OptionGroup var zips: ZipFlags
    @OptionGroup var limits: LimitOptions
    @OptionGroup var reporting: ReportOptions
    @OptionGroup var layout: LayoutOptions
    @OptionGroup var log: LogOptions
    @OptionGroup var saving: SavingOptions

    func validate() throws {
        try saving.check(with: zips)
        if zips.zipOnly, layout.layout != nil {
            throw ValidationError(
                "--layout says where files go, and --zip-only saves none; give --zip, whose zips have the files' names.")
        }
    }

    func run() async throws {
        let choice = zips.choice()
        let folder = try saving.folder(with: choice)
        let retrieval = try Retrieval(
            source: source, selection: selection, output: folder,
            layout: zips.zipOnly ? nil : try layout.layout(in: folder), zips: choice, log: log, limits: limits,
            shard: sharding.shard, connectionCount: saving.jobs, verifies: !saving.noVerify, checksSpace: !saving.noSpaceCheck)
        try await saving.run(retrieval, limits: limits, reporting: reporting, log: log)
    }
}
