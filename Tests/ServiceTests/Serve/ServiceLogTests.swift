import Logging
import TestSupport
import Testing

@testable import Service

@Suite struct ServiceLogTests {
    @Test func journaldGetsPrioritiesAndNoTime() {
        let lines = LogLines()
        let logger = lines.log.logger()
        logger.info("a")
        logger.notice("b")
        logger.warning("c", metadata: ["port": "1", "address": "x"])
        logger.error("two\nlines: a\u{1B}[2J.mp4")
        let escaped = #"<3>two\x0Alines: a\x1B[2J.mp4"# + "\n"
        #expect(lines.all == ["<6>a\n", "<5>b\n", "<4>c (address x, port 1)\n", escaped])
    }

    @Test func aStreamsNameStandsFirst() {
        let lines = LogLines()
        var logger = lines.log.logger()
        logger[metadataKey: "stream"] = "door"
        logger.warning("lost")
        #expect(lines.all == ["<4>door: lost\n"])
    }

    @Test func theJournalGetsTheStreamAsAField() throws {
        let (lines, journal) = (LogLines(), try PlayedManager())
        var logger = ServiceLog(style: .journal, journal: journal.name) { lines.add($0) }.logger()
        logger.info("a")
        #expect(journal.next() == "PRIORITY=6\nSYSLOG_IDENTIFIER=landmarkd\nMESSAGE=a\n")
        logger[metadataKey: "stream"] = "door"
        logger.warning("lost\nSTREAM=hall")
        #expect(
            journal.next()
                == "PRIORITY=4\nSYSLOG_IDENTIFIER=landmarkd\nMESSAGE=door: lost\\x0ASTREAM=hall\nSTREAM=door\n")
        #expect(lines.all.isEmpty)
    }

    @Test func withoutTheJournalsSocketLinesAreWritten() throws {
        let (lines, folder) = (LogLines(), try TemporaryFolder())
        ServiceLog(style: .journal, journal: folder.path("none")) { lines.add($0) }.logger().info("a")
        #expect(lines.all == ["<6>a\n"])
    }

    @Test func theLevelCountsForLoggersThatAreThereAlready() {
        let lines = LogLines()
        let log = lines.log
        let (ours, library) = (log.logger(), log.logger(least: .error))
        ours.debug("1")
        log.set(.debug)
        ours.debug("2")
        library.warning("3")
        library.error("4")
        log.set(.error)
        ours.warning("5")
        #expect(lines.all == ["<7>2\n", "<3>4\n"])
    }

    @Test func otherPlacesGetTheTime() throws {
        let log = ServiceLog(style: .file) { _ in }
        let line = log.line(.warning, "lost")
        #expect(line.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ warning: lost\n/) != nil, "\(line)")
        let short = ServiceLog(style: .terminal) { _ in }.line(.notice, "lost")
        #expect(short.wholeMatch(of: /\d\d:\d\d:\d\d notice: lost\n/) != nil, "\(short)")
    }
}
