import Foundation
import Testing

/// ARCHITECTURE.md has a table of modules and of what each imports. The sources agree with it.
@Suite struct ModuleTests {
    private static let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// Modules and their imports, by the table's rows: | `module` | `import` `import` | … |.
    private func table() throws -> [String: Set<String>] {
        let text = try String(contentsOf: Self.package.appending(path: "ARCHITECTURE.md"), encoding: .utf8)
        var rows: [String: Set<String>] = [:]
        let section = text.split(separator: "\n## ").first { $0.hasPrefix("Modules") } ?? ""
        for line in section.split(separator: "\n") where line.hasPrefix("| `") {
            let cells = line.split(separator: "|", omittingEmptySubsequences: false).map { names(in: $0) }
            guard cells.count > 3, cells[1].count == 1 else { continue }
            rows[cells[1][0]] = Set(cells[2])
        }
        return rows
    }

    /// The names between backticks.
    private func names(in cell: Substring) -> [String] {
        cell.split(separator: "`", omittingEmptySubsequences: false).enumerated()
            .filter { !$0.offset.isMultiple(of: 2) }.map { String($0.element) }
    }

    private func importedModules(_ module: String) throws -> Set<String> {
        let folder = Self.package.appending(path: "Sources/\(module)")
        let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
        var found: Set<String> = []
        while let file = files?.nextObject() as? URL {
            guard file.pathExtension == "swift" else { continue }
            for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
            where line.hasPrefix("import ") {
                found.insert(String(line.dropFirst(7)))
            }
        }
        return found
    }

    @Test func everyModuleImportsWhatTheTableSays() throws {
        let table = try table()
        let modules = try FileManager.default.contentsOfDirectory(atPath: Self.package.appending(path: "Sources").path)
        #expect(Set(modules.filter { !$0.hasPrefix("C") || $0 == "CKernels" || $0 == "Capture" }) == Set(table.keys))
        let ours = Set(modules)
        for (module, allowed) in table {
            let imported = try importedModules(module).intersection(ours)
            #expect(imported.isSubset(of: allowed), "\(module) imports \(imported.subtracting(allowed).sorted())")
            #expect(
                allowed.isSubset(of: imported), "\(module) no longer imports \(allowed.subtracting(imported).sorted())")
        }
    }

    @Test func onlyTheServiceKnowsTheServerPackages() throws {
        let server = [
            "Hummingbird", "HummingbirdCore", "NIOCore", "NIOHTTP1", "NIOHTTPTypes", "ServiceLifecycle", "Logging",
        ]
        for module in try table().keys where module != "Service" {
            #expect(try importedModules(module).isDisjoint(with: server), "\(module) imports a server package")
        }
    }
}
