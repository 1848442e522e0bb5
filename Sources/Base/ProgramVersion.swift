/// As `landmarkd --version` prints it.
public let programVersion = "0.1.0"
