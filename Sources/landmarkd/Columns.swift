import ArgumentParser
import Results

struct Columns: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List the columns of tables, with unit, range and meaning.")

    func run() throws { print(Column.overview) }
}
