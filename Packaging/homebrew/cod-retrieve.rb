# Placeholders between @ are filled in when there is a release: see Documentation/Installing.md.
class CodRetrieve < Formula
  desc "Retrieve DICOM studies from Cloud-Optimized DICOM buckets"
  homepage "@HOMEPAGE@"
  url "@URL@"
  sha256 "@SHA256@"
  license "Apache-2.0"
  head "@HOMEPAGE@.git", branch: "main"

  depends_on "pkgconf" => :build
  depends_on "zstd"

  uses_from_macos "swift" => :build
  uses_from_macos "zlib"

  on_macos do
    depends_on xcode: ["26.0", :build]
    depends_on macos: :sequoia
  end

  def install
    # Homebrew builds in a sandbox, and sandboxes do not nest.
    flags = ["--disable-sandbox", "--configuration", "release"]
    flags << "--static-swift-stdlib" if OS.linux?
    system "Scripts/artifacts.sh", "artifacts", time.strftime("%Y-%m-%d"), *flags
    bin.install ".build/release/cod"
    man1.install "artifacts/man/man1/cod.1"
    bash_completion.install "artifacts/completions/cod.bash" => "cod"
    zsh_completion.install "artifacts/completions/_cod"
    fish_completion.install "artifacts/completions/cod.fish"
  end

  test do
    assert_match version.to_s, shell_output("#{bin}/cod --version") unless head?
    system bin/"cod", "demo", "--output", testpath/"studies"
    system bin/"cod", "verify", testpath/"studies"
  end
end
