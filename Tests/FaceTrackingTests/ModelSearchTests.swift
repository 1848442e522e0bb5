import Base
import TestSupport
import Testing

@testable import Service

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
        try writeFile(folder.path("a.safetensors"), [])
        let search = ModelSearch(named: folder.path, program: nil)
        #expect(try search.path("a.safetensors") == folder.path("a.safetensors"))
        #expect(try search.path("a.safetensors", given: "mine") == "mine")
        let fault = #expect(throws: LandmarkdError.self) { try search.path("b.safetensors") }
        #expect(fault?.exitCode == .noInput)
    }
}
