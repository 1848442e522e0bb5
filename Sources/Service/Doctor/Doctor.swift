import Base
import Capture
import FaceTracking
import Glibc

/// Looks for whatever keeps `landmarkd serve` from working on this machine. Changes nothing, and contacts no other machine.
package struct Doctor {
    private let source: SettingsSource
    private let devices: CameraFolder

    /// `source.file`: nil where there are no settings. `devices`: where camera nodes lie.
    package init(_ source: SettingsSource, devices: CameraFolder = CameraFolder()) {
        (self.source, self.devices) = (source, devices)
    }

    package func examine() -> Diagnosis {
        var diagnosis = Diagnosis()
        let settings = examineSettings(&diagnosis)
        examineModels(settings, &diagnosis)
        examineProcessor(settings, &diagnosis)
        examineCameras(settings, &diagnosis)
        examineRights(&diagnosis)
        if settings.http.isOn { examinePort(settings.http, &diagnosis) }
        examineDisks(settings, &diagnosis)
        examineUnits(&diagnosis)
        return diagnosis
    }

    /// The settings; where they are broken, the defaults.
    private func examineSettings(_ diagnosis: inout Diagnosis) -> ServiceSettings {
        do throws(LandmarkdError) {
            let settings = try source.read()
            let warnings = try settings.warnings()
            let count = settings.streams.count
            diagnosis.ok(
                "settings", "\(source.file ?? "none, defaults are used"): \(count) \(count == 1 ? "stream" : "streams")"
            )
            for warning in warnings { diagnosis.warn("settings", warning.cause, remedy: warning.remedy) }
            return settings
        } catch {
            diagnosis.fault("settings", error)
            return ServiceSettings()
        }
    }

    private func examineModels(_ settings: ServiceSettings, _ diagnosis: inout Diagnosis) {
        do throws(LandmarkdError) {
            let files = try ModelFiles(folder: settings.models, model: settings.model)
            let model = try CascadeModel(path: files.landmarks)
            _ = try LocatorModel(path: files.locator)
            diagnosis.ok("models", "\(files.landmarks), \(files.locator)")
            if let warning = model.calibrationWarning(path: files.landmarks) {
                diagnosis.warn("models", "\(warning)", remedy: nil)
            }
        } catch {
            diagnosis.fault("models", error)
        }
    }

    private func examineProcessor(_ settings: ServiceSettings, _ diagnosis: inout Diagnosis) {
        let (cores, level) = (processorCount(), kernelLevel())
        let text = "\(cores) \(cores == 1 ? "core" : "cores"), instruction level \(level)"
        if let warning = kernelWarning() {
            diagnosis.warn("processor", "\(text); \(warning)", remedy: "unset LANDMARKD_KERNELS")
        } else if level == "plain" {
            diagnosis.warn(
                "processor", "\(text): tracking takes several times as long as with AVX2",
                remedy: "set lower rates, or use a processor, or a virtual machine, that has AVX2")
        } else {
            diagnosis.ok("processor", text)
        }
    }
}

// MARK: - Cameras

extension Doctor {
    private func examineCameras(_ settings: ServiceSettings, _ diagnosis: inout Diagnosis) {
        let wanted = examineCameraStreams(settings, &diagnosis)
        let cameras = CameraCondition.all(in: devices)
        if cameras.isEmpty, wanted.isEmpty {
            diagnosis.warn(
                "camera", "\(devices.path): no camera here",
                remedy: "plug one in; dmesg shows whether the kernel recognises it")
        }
        for camera in cameras {
            examine(camera, isWanted: settings.adoptsCameras || wanted.contains(camera.node), &diagnosis)
        }
    }

    /// Streams whose camera is missing are faults; returns the nodes of the others.
    private func examineCameraStreams(_ settings: ServiceSettings, _ diagnosis: inout Diagnosis) -> Set<String> {
        var nodes: Set<String> = []
        for stream in settings.streams {
            do throws(LandmarkdError) {
                guard try sourceOpener(of: stream).kind == .camera else { continue }
                nodes.insert(try devices.realNode(of: stream.source))
            } catch {
                diagnosis.fault(
                    "camera",
                    LandmarkdError(error.exitCode, "streams.\(stream.name): \(error.cause)", remedy: error.remedy))
            }
        }
        return nodes
    }

    /// A camera that no stream names is no fault, whatever is wrong with it.
    private func examine(_ camera: CameraCondition, isWanted: Bool, _ diagnosis: inout Diagnosis) {
        let name = camera.path + (camera.card.map { " (\($0))" } ?? "")
        let holders =
            camera.holders.isEmpty ? "a program that this user may not see" : camera.holders.joined(separator: " and ")
        var fault = camera.fault
        if camera.isBusy, !camera.holders.contains(where: { $0.hasPrefix("landmarkd ") }) {
            fault = LandmarkdError(
                .tryLater, "\(name): busy: held by \(holders)", remedy: "end that program, or name another camera")
        }
        guard let fault else {
            let use =
                camera.isBusy ? ", in use by \(holders)" : camera.holders.isEmpty ? "" : ", also open in \(holders)"
            return diagnosis.ok("camera", "\(name): \(camera.choice ?? "no mode")\(use)")
        }
        if isWanted {
            diagnosis.fault("camera", fault)
        } else {
            diagnosis.warn("camera", fault.cause, remedy: fault.remedy)
        }
    }

    private func examineRights(_ diagnosis: inout Diagnosis) {
        let rights = CameraRights()
        guard !rights.mayOpenCameras else { return diagnosis.ok("rights", rights.description) }
        diagnosis.warn(
            "rights", rights.description,
            remedy:
                "usermod --append --groups video \(rights.user), and log in again; the service has the group already")
    }
}
