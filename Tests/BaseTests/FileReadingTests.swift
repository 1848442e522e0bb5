import Base
import Glibc
import TestSupport
import Testing

@Suite struct FileReadingTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// Nobody writes to the pipe: waiting for it would never end.
    @Test func aPipeIsRefusedAtOnce() {
        mkfifo(folder.path("settings.yaml"), 0o600)
        let fault = #expect(throws: LandmarkdError.self) { try readFile(folder.path("settings.yaml"), atMost: 100) }
        #expect(fault?.exitCode == .noInput && fault?.cause.contains("not a regular file") == true)
    }

    @Test func aFileThatIsTooLargeIsNotRead() throws {
        try writeFile(folder.path("a"), [1, 2, 3])
        #expect(try readFile(folder.path("a"), atMost: 3) == [1, 2, 3])
        let fault = #expect(throws: LandmarkdError.self) { try readFile(folder.path("a"), atMost: 2) }
        #expect(fault?.exitCode == .unusableData)
    }
}
