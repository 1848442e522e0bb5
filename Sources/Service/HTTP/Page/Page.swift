/// The page at `/`: every stream with its picture and landmarks, for a browser on a desk or a phone. It loads nothing from elsewhere.
///
/// Its files lie beside this one and are embedded in the program, so that one file is all there is to install.
enum Page {
    static let html = String(decoding: PackageResources.index_html, as: UTF8.self)
    static let style = String(decoding: PackageResources.page_css, as: UTF8.self)
    static let script = String(decoding: PackageResources.page_js, as: UTF8.self)
}
