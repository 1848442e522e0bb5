/// The page at `/`: every stream with its picture and landmarks, for a browser on a desk or a phone. It loads nothing from elsewhere.
///
/// Its parts lie as text in the program, so that one file is all there is to install.
enum Page {}
