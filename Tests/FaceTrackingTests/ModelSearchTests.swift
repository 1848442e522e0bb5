import TestSupport
import Testing

@testable import Base
@testable import FaceTracking

@Suite struct ModelSearchTests {
    @Test func foldersComeInTheDocumentedOrder() {
        #expect(
            ModelSearch(named: "/opt/models", program: "/usr/bin/landmarkd").folders
                == ["/opt/models", "/usr/share/landmarkd/models", "models"])
        #expect(
            ModelSearch(named: nil, program: "/src/.build/x86/release/landmarkd").folders
                == ["/src/.build/x86/share/landmarkd/models", "/src/models", "models"])
    }

    @Test func theFirstFolderThatHasItWins() throws {
        let folder = try TemporaryFolder()
        try writeFile(folder.path("face68.safetensors"), [])
        let search = ModelSearch(named: folder.path, program: nil)
        #expect(try search.path(.landmarks) == folder.path("face68.safetensors"))
        #expect(try search.path(.landmarks, given: "mine") == "mine")
        let fault = #expect(throws: LandmarkdError.self) { try search.path(named: "none.safetensors") }
        #expect(fault?.exitCode == .noInput)
    }
}
