/// Help, type and buckets of a metric: the one table of all metrics that the program exports.
struct MetricDescription {
    /// For the `# HELP` line: no line breaks, no backslashes.
    let help: String
    /// Upper ends of a histogram's buckets, ascending.
    var buckets: [Double]?
    /// Name of the summary of a histogram's last values.
    var summaryName: String?

    /// Seconds, from a fifth of a frame to far too late.
    static let latencyBuckets = [
        0.001, 0.002, 0.003, 0.005, 0.0075, 0.01, 0.015, 0.02, 0.03, 0.04, 0.05, 0.075, 0.1, 0.15, 0.25, 0.5, 1, 2.5, 5,
    ]

    /// Nil for a name that is not in the table.
    static func of(_ name: String) -> MetricDescription? { table[name] }

    private static let table: [String: MetricDescription] = [
        "landmarkd_build_info": .init(help: "Always 1; the label is the program's version."),
        "landmarkd_frames_received_total": .init(help: "Frames received from the source."),
        "landmarkd_frames_dropped_total": .init(
            help: "Frames replaced by a newer one before they were tracked, or lost by the source."),
        "landmarkd_frames_broken_total": .init(help: "Frames that were empty or could not be decoded."),
        "landmarkd_clock_jumps_total": .init(
            help: "Jumps of the source's clock, which were removed from the stream's times."),
        "landmarkd_frames_tracked_total": .init(help: "Frames processed by the tracker."),
        "landmarkd_frames_per_second": .init(help: "Frames per second received from the source over the last seconds."),
        "landmarkd_faces": .init(help: "Faces followed in the last frame."),
        "landmarkd_frames_with_face_total": .init(help: "Tracked frames in which at least one face was followed."),
        "landmarkd_face_confidence": .init(
            help: "Confidence of each followed face, 0 to 1.",
            buckets: [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98]),
        "landmarkd_stage_seconds": .init(
            help: "Seconds that a frame spent in each processing stage.", buckets: latencyBuckets),
        "landmarkd_latency_seconds": .init(
            help: "Seconds from a frame's exposure, as the driver reports it, to its result.", buckets: latencyBuckets,
            summaryName: "landmarkd_recent_latency_seconds"),
        "landmarkd_recent_latency_seconds": .init(
            help: "Median and 99th percentile of landmarkd_latency_seconds over the last 512 frames."),
        "landmarkd_reconnects_total": .init(help: "Times that the source was reopened after a loss."),
        "landmarkd_stream_up": .init(help: "1 while the stream delivers frames, otherwise 0."),
        "landmarkd_output_dropped_total": .init(help: "Results that an output could not take in time."),
        "landmarkd_output_results_total": .init(help: "Results that an output wrote."),
        "landmarkd_output_failures_total": .init(help: "Times that an output failed and was retried."),
        "landmarkd_output_latency_seconds": .init(
            help: "Seconds from a frame's exposure until an output has written its result.", buckets: latencyBuckets),
        "landmarkd_locator_runs_total": .init(help: "Searches for faces, in whole frames or around a lost face."),
        "landmarkd_http_connections": .init(help: "Open HTTP connections."),
        "landmarkd_http_refused_connections_total": .init(
            help: "HTTP connections refused because too many were open."),
        "landmarkd_http_requests_total": .init(help: "HTTP requests answered, by status code."),
        "process_cpu_seconds_total": .init(help: "CPU seconds used by the process, in user and system mode."),
        "process_max_fds": .init(help: "File descriptors that the process may have open."),
        "process_open_fds": .init(help: "File descriptors that the process has open."),
        "process_resident_memory_bytes": .init(help: "Resident memory of the process."),
        "process_start_time_seconds": .init(help: "Unix time at which the process started."),
        "process_threads": .init(help: "Threads of the process."),
        "process_virtual_memory_bytes": .init(help: "Address space of the process."),
    ]
}
