/// As `landmarkd --version` prints it.
package let programVersion = "0.1.0"
