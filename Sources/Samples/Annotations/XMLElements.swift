import Base
import CLibXML2

/// Starts and ends of the elements of an XML document, one after the other, read by libxml2. Bound to one thread.
///
/// Nothing outside the document is fetched, and libxml2's own bounds on depth, length and expansion stay in force.
final class XMLElements {
    enum Event: Equatable {
        case start(name: String, attributes: [String: String])
        case end(name: String)
    }

    private static let isReady: Void = xmlInitParser()
    private static let longest = 1 << 30

    private let file: String
    private let bytes: UnsafeMutableBufferPointer<CChar>
    private let reader: xmlTextReaderPtr
    /// An element without content whose start was reported: its end is next.
    private var empty: String?

    /// - Parameter file: for messages.
    init(_ document: [UInt8], file: String) throws(LandmarkdError) {
        Self.isReady
        self.file = file
        guard document.count <= Self.longest else {
            throw LandmarkdError(
                .unusableData, "\(file): too large (\(document.count) bytes)", remedy: "split the file")
        }
        // The reader looks into these bytes as it goes.
        bytes = .allocate(capacity: document.count)
        _ = bytes.initialize(from: document.lazy.map { CChar(bitPattern: $0) })
        let options = [XML_PARSE_NONET, XML_PARSE_NOERROR, XML_PARSE_NOWARNING, XML_PARSE_BIG_LINES]
            .reduce(0) { $0 | Int32($1.rawValue) }
        guard let reader = xmlReaderForMemory(bytes.baseAddress, Int32(bytes.count), nil, nil, options) else {
            bytes.deallocate()
            throw LandmarkdError(.unusableData, "\(file): not XML", remedy: "correct the file")
        }
        self.reader = reader
    }

    deinit {
        xmlFreeTextReader(reader)
        bytes.deallocate()
    }

    /// Line of the element that was read last.
    var line: Int { max(1, Int(xmlGetLineNo(xmlTextReaderCurrentNode(reader)))) }

    /// The next start or end; nil at the end of the document.
    ///
    /// Throws `unusableData` with file and line where the document is broken.
    func next() throws(LandmarkdError) -> Event? {
        if let name = empty {
            empty = nil
            return .end(name: name)
        }
        while true {
            let state = xmlTextReaderRead(reader)
            guard state >= 0 else { throw fault() }
            guard state == 1 else { return nil }
            switch xmlTextReaderNodeType(reader) {
            case Int32(XML_READER_TYPE_ELEMENT.rawValue):
                let name = text(xmlTextReaderConstName(reader))
                if xmlTextReaderIsEmptyElement(reader) == 1 { empty = name }
                return .start(name: name, attributes: attributes())
            case Int32(XML_READER_TYPE_END_ELEMENT.rawValue):
                return .end(name: text(xmlTextReaderConstName(reader)))
            default: continue
            }
        }
    }

    private func attributes() -> [String: String] {
        var attributes: [String: String] = [:]
        while xmlTextReaderMoveToNextAttribute(reader) == 1 {
            attributes[text(xmlTextReaderConstName(reader))] = text(xmlTextReaderConstValue(reader))
        }
        xmlTextReaderMoveToElement(reader)
        return attributes
    }

    private func text(_ text: UnsafePointer<xmlChar>?) -> String { text.map { String(cString: $0) } ?? "" }

    private func fault() -> LandmarkdError {
        let last = xmlGetLastError()?.pointee
        let message = last.flatMap { $0.message }.map { String(cString: $0) } ?? "unknown fault"
        let words = message.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return LandmarkdError(
            .unusableData, "\(file):\(last.map { Int($0.line) } ?? 1): not XML: \(words)",
            remedy: "the file is truncated or damaged: correct it or write it again")
    }
}

/// Why and where a text is not XML; nil where it is.
func xmlFault(_ text: TextFile) -> LandmarkdError? {
    do throws(LandmarkdError) {
        let elements = try XMLElements(text.contents, file: text.name)
        while try elements.next() != nil {}
        return nil
    } catch {
        return error
    }
}
