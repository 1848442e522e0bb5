import ArgumentParser
import Base
import Glibc

/// Runs a command; what it throws becomes a message on standard error and the exit code of sysexits(3).
@MainActor func exiting(_ command: @MainActor () async throws -> Void) async -> Never {
    do {
        try await command()
        exit(0)
    } catch let error as LandmarkdError {
        complain("landmarkd: \(error)\n")
        exit(error.exitCode.rawValue)
    } catch let error where Landmarkd.exitCode(for: error) != .failure || error is ArgumentParser.ExitCode {
        let message = Landmarkd.fullMessage(for: error).shownLines
        let code = Landmarkd.exitCode(for: error)
        if code == .success { print(message) } else if !message.isEmpty { complain(message + "\n") }
        exit(code.rawValue)
    } catch {
        let remedy = "this is a bug in landmarkd: report it with the command you ran"
        complain("landmarkd: \(LandmarkdError(.internalFault, "\(error)", remedy: remedy))\n")
        exit(Base.ExitCode.internalFault.rawValue)
    }
}

/// Writes to standard error.
func complain(_ text: String) {
    // If standard error cannot be written, there is nowhere to report it.
    _ = try? writeAll(Array(text.utf8), to: STDERR_FILENO, path: "standard error")
}
