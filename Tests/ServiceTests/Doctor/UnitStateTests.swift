import Testing

@testable import Base
@testable import Service

/// As systemd 252 prints it.
@Suite struct UnitStateTests {
    private func judged(_ text: String) -> Diagnosis {
        var diagnosis = Diagnosis()
        Doctor.judge(UnitState.list(text), &diagnosis)
        return diagnosis
    }

    private let running = """
        Result=success
        NRestarts=0
        Id=landmarkd.service
        LoadState=loaded
        ActiveState=active
        SubState=running
        UnitFileState=enabled

        """

    @Test func aRunningUnitIsFine() {
        let diagnosis = judged(running)
        #expect(diagnosis.exitCode == nil && diagnosis.findings.map(\.text) == ["landmarkd.service is active, enabled"])
    }

    @Test func aUnitThatFailsIsAFault() {
        let diagnosis = judged(
            running.replacing("ActiveState=active", with: "ActiveState=activating")
                .replacing("SubState=running", with: "SubState=auto-restart").replacing(
                    "NRestarts=0", with: "NRestarts=7"
                )
                .replacing("Result=success", with: "Result=exit-code"))
        #expect(diagnosis.exitCode == .unavailable)
        #expect(diagnosis.findings.map(\.text) == ["landmarkd.service fails: exit-code, started again 7 times"])
    }

    @Test func unitsThatCompeteForThePortAreTold() {
        let other = running.replacing("landmarkd.service", with: "landmarkd@video0.service")
        let diagnosis = judged("\(running)\n\(other)")
        #expect(diagnosis.exitCode == nil && diagnosis.findings.map(\.level) == [.ok, .ok, .warning])
        #expect(diagnosis.findings.last?.remedy?.contains("cameras: auto") == true)
    }

    @Test func aUnitThatIsEnabledAndDoesNotRunIsAWarning() {
        let diagnosis = judged(running.replacing("ActiveState=active", with: "ActiveState=inactive"))
        #expect(diagnosis.findings.map(\.level) == [.warning])
        #expect(
            judged("Id=landmarkd.service\nLoadState=not-found\nActiveState=inactive\n").findings.map(\.level) == [.ok])
    }
}
