import Base
import Results
import TestSupport
import Testing

@testable import landmarkd

/// Pages of `docs/reference` are what the code's own tables say. `make reference` writes them again.
@Suite struct ReferencePageTests {
    @Test(arguments: ReferencePage.Name.allCases) func pageIsAsTheCodeSays(name: ReferencePage.Name) throws {
        let path = "\(packageFolder)/docs/reference/\(name.rawValue).md"
        let page = ReferencePage(name).markdown
        if environment("LANDMARKD_WRITE_HELP") != nil { try writeFile(path, Array(page.utf8)) }
        let recorded = String(decoding: try readFile(path, atMost: 1 << 18), as: UTF8.self)
        #expect(page == recorded, "run 'make reference'")
    }

    @Test func everyRowHasACellForEachHead() {
        for name in ReferencePage.Name.allCases {
            let parts = ReferencePage(name).parts
            #expect(!parts.isEmpty)
            for part in parts {
                for row in part.rows { #expect(row.count == part.head.count && !row[0].isEmpty, "\(name): \(row)") }
            }
        }
    }

    /// The table that a run writes has the columns of the page.
    @Test func theHeaderOfATableIsOnThePage() {
        let page = ReferencePage(.columns).markdown
        let header = CSVRows(.ibug68, groups: ColumnGroup.allCases).header.dropLast().split(separator: ",")
        for name in header {
            let series = name.split(separator: "_").last.flatMap { Int($0) }
            let isTold = page.contains("| `\(name)` |") || series != nil
            #expect(isTold, "\(name)")
        }
    }
}
