import Base
import FaceTracking
import Service

/// The locator that came with the program; nil where none did.
func shippedLocator() throws(LandmarkdError) -> LocatorModel? {
    guard let path = ModelSearch().find("locator.safetensors") else { return nil }
    return try LocatorModel(path: path)
}

/// Runs `model`; without one, the cascade itself searches the frame.
func makeLocator(_ model: LocatorModel?, _ cascade: CascadeModel) -> any FaceLocator {
    guard let model else { return WindowScan(cascade) }
    return NetworkLocator(model)
}
