import Base
import Glibc

/// What the kernel reports about this process, under the names that Prometheus' own clients use; and the program's version.
///
/// What cannot be read is left out.
func processMetrics(version: String) -> [String: MetricFamily] {
    var families = ["landmarkd_build_info": gauge(1, labels: [("version", version)])]
    if let statistics = ProcessStatistics() {
        families["process_cpu_seconds_total"] = counter(statistics.processorSeconds)
        families["process_resident_memory_bytes"] = gauge(statistics.residentBytes)
        families["process_virtual_memory_bytes"] = gauge(statistics.virtualBytes)
        families["process_threads"] = gauge(statistics.threads)
        families["process_start_time_seconds"] = statistics.startTime.map { gauge($0) }
    }
    families["process_open_fds"] = openDescriptorCount().map { gauge(Double($0)) }
    var limit = rlimit()
    if getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 {
        families["process_max_fds"] = gauge(Double(limit.rlim_cur))
    }
    return families
}

private func gauge(_ value: Double, labels: [(String, String)] = []) -> MetricFamily {
    MetricFamily(kind: GaugeCell.kind, series: [MetricLabels(labels): .init(cell: GaugeCell(value), users: 1)])
}

private func counter(_ value: Double) -> MetricFamily {
    MetricFamily(kind: CounterCell.kind, series: [MetricLabels([]): .init(cell: CounterCell(value), users: 1)])
}

/// `/proc/self/stat` in usual units.
struct ProcessStatistics {
    /// In user and system mode.
    let processorSeconds: Double
    let residentBytes: Double
    let virtualBytes: Double
    let threads: Double
    /// Unix time, seconds; nil where the time of boot is unknown.
    let startTime: Double?

    /// Nil where there is no such file, or it is not as proc(5) has it.
    init?() {
        // The second field is the program's name in parentheses, which may hold anything.
        guard let text = kernelText("/proc/self/stat"), let name = text.lastIndex(of: ")") else { return nil }
        // Fields from the third on: field n of proc(5) is here n − 3.
        let fields = text[name...].dropFirst().split(separator: " ").map { Double($0) ?? 0 }
        guard fields.count > 21 else { return nil }
        let ticks = Double(sysconf(Int32(_SC_CLK_TCK)))
        processorSeconds = (fields[11] + fields[12]) / ticks
        threads = fields[17]
        virtualBytes = fields[20]
        residentBytes = fields[21] * Double(sysconf(Int32(_SC_PAGESIZE)))
        let boot = kernelText("/proc/stat").flatMap { text in
            text.split(separator: "\n").first { $0.hasPrefix("btime ") }.flatMap { Double($0.dropFirst(6)) }
        }
        startTime = boot.map { $0 + fields[19] / ticks }
    }
}

/// Descriptors that this process has open; nil where /proc does not say.
func openDescriptorCount() -> Int? {
    guard let folder = opendir("/proc/self/fd") else { return nil }
    defer { closedir(folder) }
    var count = 0
    while readdir(folder) != nil { count += 1 }
    return count - 3  // without ".", ".." and the folder itself
}

/// Contents of a file in /proc, which reports no size; nil where it cannot be read.
private func kernelText(_ path: String) -> String? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var text: [UInt8] = []
    var part = [UInt8](repeating: 0, count: 4096)
    while true {
        let count = part.withUnsafeMutableBytes { buffer in
            retrying { read(descriptor, buffer.baseAddress!, buffer.count) }
        }
        guard count >= 0 else { return nil }
        if count == 0 { return String(decoding: text, as: UTF8.self) }
        text += part[..<count]
    }
}
