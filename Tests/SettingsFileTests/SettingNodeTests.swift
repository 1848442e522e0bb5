import Base
import Foundation
import TestSupport
import Testing

@testable import SettingsFile

/// A table of one key of each kind.
private struct Table: Equatable {
    var count = 1
    var share = 0.5
    var isOn = false
    var name = ""
    var kind = "a"
    var names: [String] = []
    var place: String?

    static let keys: [SettingKey<Table>] = [
        SettingKey("count", .integer(1...16), \.count), SettingKey("share", .number(0...1000, "seconds"), \.share),
        SettingKey("on", .flag, \.isOn), SettingKey("name", .text("a name"), \.name),
        SettingKey("kind", .choice(["alpha", "beta"]), \.kind), SettingKey("names", .texts("a list of names"), \.names),
        SettingKey("place", orAuto: .text("a folder"), \.place),
    ]

    static func read(_ yaml: String) throws(LandmarkdError) -> Table {
        var table = Table()
        try SettingKey.read(SettingNode(yaml: Array(yaml.utf8), file: "s.yaml"), keys, into: &table)
        return table
    }
}

@Suite struct SettingNodeTests {
    @Test func everyKindOfValueIsRead() throws {
        let table = try Table.read(
            "count: 12\nshare: 3e-2\non: Yes\nname: 012\nkind: beta\nnames: [a, 'off', \"~\"]\nplace: auto\n")
        var wanted = Table()
        (wanted.count, wanted.share, wanted.isOn, wanted.name, wanted.kind) = (12, 0.03, true, "012", "beta")
        wanted.names = ["a", "off", "~"]
        #expect(table == wanted)
        #expect(try Table.read("name: 'null'\n").name == "null", "quotes make it a word")
        #expect(try Table.read("name: rtsp://h/?a=1&b=2&c\n").name == "rtsp://h/?a=1&b=2&c")
        #expect(try Table.read("\u{FEFF}count: 2\n").count == 2)
        #expect(try Table.read("") == Table() && Table.read("---\n...\n") == Table())
    }

    @Test(arguments: [
        ("count: 012", "count: '012' is not a whole number from 1 to 16: numbers are decimal digits"),
        ("count: 08", "count: '08' is not a whole number"), ("count: 0x8", "count: '0x8' is not a whole number"),
        ("count: +8", "count: '+8' is not"), ("count: 1_0", "count: '1_0' is not"),
        ("count: 8.0", "count: '8.0' is not"),
        ("count: 17", "count: '17' is not a whole number from 1 to 16"),
        ("count: 99999999999999999999", "count: '99999999999999999999' is not"),
        ("share: 1:30", "share: '1:30' is not a number of seconds from 0 to 1000: numbers are decimal digits"),
        ("share: .inf", "share: '.inf' is not"), ("share: 1e999", "share: '1e999' is not"),
        ("share: .5", "share: '.5' is not"),
        ("share: 0x1p3", "share: '0x1p3' is not"),
        ("share: ~", "share: '~' is YAML's null, not a number of seconds"),
        ("name: ~", "name: '~' is YAML's null, not a name"), ("name: null", "name: 'null' is YAML's null"),
        ("name: Null", "'Null' is YAML's null"), ("name:", "name: has no value"),
        ("place: ~", "place: '~' is YAML's null, not a folder"),
        ("name: off", "name: 'off' is not a name: it is YAML's word for false, put a name into quotes"),
        ("name: [a]", "name: a list is not a name"), ("name: ''", "name: '' is not a name"),
        ("names: [~]", "names.1: '~' is YAML's null"), ("names: a", "names: 'a' is not a list of names"),
        ("on: 1", "on: '1' is not true or false"), ("kind: alpa", "kind: 'alpa' is not one of alpha, beta"),
        ("name: !!binary aGk=", "name: the tag '!!binary' is not read"),
        ("count: !!int 3", "count: the tag '!!int' is not read"),
        ("names: !!seq [a]", "names: the tag '!!seq' is not read"),
        ("names: [a, !!str b]", "names.2: the tag '!!str' is not read"),
        ("!!str name: a", "the tag '!!str' is not read"),
        ("name: !!str", "name: the tag '!!str' is not read"),
        ("name: !swordfish", "name: it begins with '!'"), ("name: !<x> a", "name: it begins with '!'"),
        ("~: 1", "a key that is no word"),
        ("null: 1", "a key that is no word"), ("[a]: 1", "a key that is no word"),
        ("contu: 1", "contu: unknown key"), ("1\n", "'1' is not a table of keys"),
    ]) func whatYAMLTurnsIntoSomethingElseIsRefused(yaml: String, cause: String) {
        let fault = #expect(throws: LandmarkdError.self) { try Table.read("# first line\n" + yaml) }
        #expect(fault?.exitCode == .wrongSettings && fault?.remedy != nil)
        if yaml.contains(":") { #expect(fault?.cause.hasPrefix("s.yaml:2: ") == true, "\(fault?.cause ?? "")") }
        #expect(fault?.cause.contains(cause) == true || !yaml.contains(":"), "\(fault?.cause ?? "")")
    }

    @Test func aTagOfTheWholeDocumentIsRefusedToo() {
        for yaml in ["!!map\ncount: 1\n", "--- !!map\ncount: 1\n", "\u{FEFF}!!map {count: 1}\n"] {
            let fault = #expect(throws: LandmarkdError.self) { try Table.read(yaml) }
            #expect(fault?.cause == "s.yaml:1: the tag '!!map' is not read")
        }
    }

    /// Line ends of every kind that YAML knows come before the words that are looked at.
    @Test func anExclamationMarkInsideOrInQuotesIsText() throws {
        #expect(try Table.read("# ü\r\n# é\r#\u{2028}count: 2\r\nname: 'a!b'\r\n").name == "a!b")
        #expect(try Table.read("names: ['!a', \"!!b\", c!]\n").names.count == 3)
        #expect(try Table.read("name: >-\n  !c\ncount: 1\n").name == "!c")
    }

    @Test func settingsThatAreTooLargeAreWrongSettings() throws {
        let folder = try TemporaryFolder()
        try writeFile(folder.path("large.yaml"), Array(("#" + String(repeating: "x", count: 1 << 18)).utf8))
        let fault = #expect(throws: LandmarkdError.self) { try SettingNode(file: folder.path("large.yaml")) }
        #expect(fault?.exitCode == .wrongSettings && fault?.cause.contains("262145 bytes: larger than") == true)
    }

    @Test(arguments: [
        ("a: [\n", "not YAML"), ("count: 1\ncount: 2\n", "s.yaml:1: not YAML: the key 'count' is given twice"),
        ("count: 1\n\tname: x\n", "s.yaml:2: not YAML"), ("name: \"a\n", "not YAML"), ("a: 1\n---\nb: 2\n", "not YAML"),
        ("name: &x y\nplace: *x\n", "s.yaml:1: an anchor"), ("- &x\n", "an anchor"), ("{\"name\":&x y}\n", "an anchor"),
        ("{?&x name: y}\n", "an anchor"), ("name: *x\n", "not YAML: found undefined alias"),
    ]) func whatIsNotReadIsSaidWithItsLine(yaml: String, cause: String) {
        let fault = #expect(throws: LandmarkdError.self) { try Table.read(yaml) }
        #expect(fault?.exitCode == .wrongSettings && fault?.cause.contains(cause) == true, "\(fault?.cause ?? "")")
        #expect(fault?.cause.contains("\n") == false)
    }

    @Test func aMessageDoesNotShowTheLineThatMayHoldASecret() {
        let fault = #expect(throws: LandmarkdError.self) { try Table.read("name: [swordfish\n  @x: y: z\n") }
        #expect(fault?.cause.contains("swordfish") == false, "\(fault?.cause ?? "")")
    }

    @Test func latinOneIsSaidWithItsLine() {
        let bytes = Array("count: 1\nname: ".utf8) + [0xFC, 0x0A]
        let fault = #expect(throws: LandmarkdError.self) { try SettingNode(yaml: bytes, file: "s.yaml") }
        #expect(fault?.cause == "s.yaml:2: not UTF-8")
    }

    /// Nine lines of ten aliases each stand for a thousand million values.
    @Test func aDocumentThatWouldGrowIsNotExpanded() {
        var yaml = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n"
        for level in 1...9 {
            let list = [String](repeating: "*a\(level - 1)", count: 10).joined(separator: ",")
            yaml += "a\(level): &a\(level) [\(list)]\n"
        }
        #expect(throws: LandmarkdError.self) { try Table.read(yaml + "? *a9\n: x\n") }
    }

    /// Read by a thread of the usual size, as a reload does.
    @Test(arguments: ["[", "{a: ", "- ", "? "], [900, 100_000]) func deepNestingEndsInAMessage(
        opening: String, depth: Int
    ) {
        let done = DispatchSemaphore(value: 0)
        Thread {
            _ = try? Table.read(String(repeating: opening, count: depth))
            let closing = opening == "[" ? "]" : "}"
            let whole = String(repeating: opening, count: depth) + "x" + String(repeating: closing, count: depth)
            #expect(throws: LandmarkdError.self) { try Table.read(whole) }
            done.signal()
        }.start()
        done.wait()
    }
}
