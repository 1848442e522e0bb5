import Testing

@testable import Capture

/// How addresses are shown, and which ones are refused for what their passwords hold.
@Suite struct CredentialsTests {
    @Test(arguments: [
        ("rtsp://anna:swordfish@cam/1", "rtsp://cam/1"), ("rtsp://cam:554/live", "rtsp://cam:554/live"),
        ("rtsp://anna:sword@fish@cam/1", "rtsp://cam/1"), ("rtsp://anna:sword/fish@cam/1", "rtsp://…@cam/1"),
        ("rtsp://anna:sword?fish@cam/1", "rtsp://…@cam/1"), ("rtsp://anna:sword#fish@cam/1", "rtsp://…@cam/1"),
        ("rtsp://anna:12#swordfish@cam/1", "rtsp://…@cam/1"), ("rtsp://sword#fish@cam/1", "rtsp://…@cam/1"),
        ("rtsp://anna:sw@rd/fish@cam/1", "rtsp://…@cam/1"),
        ("http://anna:@cam", "http://cam"), ("http://swordfish@cam/", "http://cam/"),
        ("http://:swordfish@cam/", "http://cam/"), ("http://anna:swordfish@[::1]:80/a", "http://[::1]:80/a"),
        ("http://cam/video?user=anna&pw=swordfish", "http://cam/video"), ("http://cam/v?swordfish", "http://cam/v"),
        ("http://cam/v#token=swordfish", "http://cam/v"), ("http://cam/v;pwd=swordfish", "http://cam/v"),
        ("http://cam/v%3Fpw%3Dswordfish", "http://cam/v"), ("http://cam/pw%3dswordfish", "http://cam/pw=…"),
        ("rtsp://cam/user=admin_password=swordfish_channel=1.sdp", "rtsp://cam/user=…"),
        ("rtsp://cam/password=sword/fish", "rtsp://cam/password=…"),
        ("http://cam/mjpg@hd/1", "http://cam/mjpg@hd/1"), ("http://cam:80/mjpg@hd", "http://…@hd"),
        ("anna:swordfish@cam/1", "…@cam/1"), ("rtsp:/anna:swordfish@cam/1", "…@cam/1"),
        ("rtsp:anna:swordfish@cam", "…@cam"), ("ftp://anna:swordfish@host/a", "ftp://host/a"),
    ]) func addressesAreShownWithoutSecrets(_ address: String, _ shown: String) {
        #expect(address.withoutCredentials == shown)
        #expect(!address.withoutCredentials.contains("fish"))
    }

    @Test(arguments: [
        "/dev/video0", "clip?.mp4", "me@home", "", "Integrated Camera: Integrated C", "/srv/12:30@door.mp4",
        "/dev/v4l/by-path/pci-0000:00:14.0-usb-0:1:1.0-video-index0", "a=b;c#d.mp4",
    ]) func otherNamesAreShownAsTheyAre(_ name: String) { #expect(name.withoutCredentials == name) }

    @Test(arguments: [
        ("rtsp://anna:sword#fish@cam/1", "'#'", "%23"), ("rtsp://anna:12#34fish@cam/1", "'#'", "%23"),
        ("rtsp://anna:sw@rd#fish@cam/1", "'#'", "%23"), ("http://anna:sword?fish@cam/1", "'?'", "%3F"),
        ("http://anna:sword/fish@cam/1", "'/'", "%2F"),
    ]) func aSignThatShouldBeEscapedIsNamed(_ address: String, _ sign: String, _ code: String) throws {
        let error = try #require(fault { _ = try sourceOpener(address) })
        #expect(error.exitCode == .wrongSettings && error.cause.contains("user or password hold a \(sign)"))
        #expect(error.remedy?.contains(code) == true && !"\(error)".contains("fish"), "\(error)")
    }

    @Test(arguments: [
        "anna:swordfish@192.168.1.9/1", "rtsp:/anna:swordfish@cam/1", "http:anna:swordfish@cam",
        "rtsp://anna:swordfish@",
        "ftp://anna:swordfish@host/a", "rtsp://anna:swordfish@:80/", "rtsp://anna:swordfish@cam:99999/",
    ]) func whatIsNoAddressIsToldWithoutSecrets(_ address: String) throws {
        let error = try #require(fault { _ = try sourceOpener(address) })
        #expect(error.exitCode == .wrongSettings && !"\(error)".contains("swordfish"), "\(error)")
    }

    @Test func anAddressIsTakenApart() throws {
        let address = try NetworkAddress("HTTP://an%40na:sw%2Frd:fish%@Cam:8080/a b?c=d#e")
        #expect(address.scheme == "http" && address.bare == "http://Cam:8080/a%20b?c=d")
        #expect(address.credentials?.user == "an@na" && address.credentials?.password == "sw/rd:fish%")
        #expect(address.hasServer(of: try NetworkAddress("http://cam:8080")))
        #expect(!address.hasServer(of: try NetworkAddress("http://cam")))
        #expect(!address.hasServer(of: try NetworkAddress("https://cam:8080")))
        #expect(try NetworkAddress("rtsp://cam").hasServer(of: try NetworkAddress("rtsp://cam:554/x")))
    }
}
