import Base
import Testing

@Suite struct JSONTests {
    @Test func membersKeepTheirOrderAndNumbersTheirDigits() {
        let json: JSON = [
            "name": .string("a \"b\"\n"), "count": .integer(-3), "share": .decimal(2.0 / 3, 4),
            "whole": .decimal(15, 0), "none": .null, "list": [.integer(1), [:], []],
        ]
        #expect(
            json.text
                == #"{"name":"a \"b\"\u000a","count":-3,"share":0.6667,"whole":15,"none":null,"list":[1,{},[]]}"#)
    }

    @Test func membersWithoutAValueAreLeftOut() {
        let rate: Double? = nil
        let json: JSON = ["width": .integer(4), "rate": rate.map { .decimal($0, 2) }]
        #expect(json.text == #"{"width":4}"#)
        #expect(json.appending(["height": .integer(3)]).appending(nil).text == #"{"width":4,"height":3}"#)
    }

    @Test func whatIsNoNumberIsNull() {
        #expect(JSON.array([.decimal(.nan, 2), .decimal(.infinity, 0)]).text == "[null,null]")
    }
}
