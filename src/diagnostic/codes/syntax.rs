//! Codes of the syntax part.

crate::codes! {
    NOT_UTF8 = "E0101", "a file is not UTF-8 text",
        "smd reads UTF-8 text. The message names the line and column of the first byte that is not part of it. Save the file as UTF-8 in your editor, or convert it with `iconv -t UTF-8`.";
    TOO_LARGE = "E0102", "a file is too large",
        "A single .smd file may hold 64 MiB. All .smd files of a directory are one configuration, so split the file: the order of files and declarations does not matter.";
    UNEXPECTED_CHARACTER = "E0103", "a character means nothing here",
        "Outside strings and comments only names, numbers, strings, brackets and the operators of the language may stand. Names are letters a to z, digits and `_`. Strings stand in double quotes. Attributes are separated by a new line or `,`, never by `;`.";
    UNTERMINATED_STRING = "E0104", "a string has no end",
        "A string starts and ends with `\"` on one line. For text of several lines use a heredoc (`<<EOF` … `EOF`) or `\\n`. A quote inside a string is written `\\\"`.";
    UNTERMINATED_HEREDOC = "E0105", "a heredoc has no end",
        "A heredoc ends with its word alone on a line: `<<EOF`, the text, then `EOF`. The word may be indented. Nothing may stand behind it on the line.";
    UNTERMINATED_COMMENT = "E0106", "a comment has no end",
        "A comment that starts with `/*` ends with the next `*/`. Such comments do not nest.";
    UNTERMINATED_INTERPOLATION = "E0107", "a `${` has no end",
        "`${` starts an expression inside a string and ends with `}` on the same line, unless brackets inside it are still open. For the two characters themselves write `$${`.";
    UNKNOWN_ESCAPE = "E0108", "a backslash is followed by something unknown",
        "In a string a backslash starts one of `\\n` (new line), `\\r`, `\\t` (tab), `\\\"`, `\\\\` and `\\u{1F600}` (a character by its number). Write `\\\\` for the backslash itself. Heredocs know no escapes.";
    UNCLOSED_BRACKET = "E0109", "a bracket is never closed",
        "Every `{`, `[` and `(` needs its closing one. The first label shows the open bracket, the second where smd had to assume it was closed: before the next statement, or at the end of the file. What was inside it is still checked.";
    UNMATCHED_BRACKET = "E0110", "a closing bracket has nothing to close",
        "A `}`, `]` or `)` stands where no bracket of its kind is open. Remove it, or add the opening one.";
    NESTED_TOO_DEEPLY = "E0111", "something is nested too deeply",
        "Blocks, brackets, `${`, and conditionals may be nested 64 deep in all, and operators may build an expression 128 deep. Give inner parts a name with `let` and use that.";
    UNEXPECTED = "E0112", "something else was expected here",
        "The text does not follow the language at this point. The message says what may stand here and what was found. The rest of the block and of the file is still checked.";
    NOT_A_STATEMENT = "E0113", "this is not a statement",
        "A file holds statements: `stack`, `account`, `input`, `let`, `output`, `module`, `existing`, `import`, `moved`, `removed`, `expect`, and resources, written `KIND NAME { … }`.";
    MISSING_ASSIGN = "E0114", "an `=` is missing",
        "An attribute is written `name = value`. A nested block is written `word { … }` or `word label { … }`.";
    COLON_FOR_ASSIGN = "E0115", "a `:` stands where `=` belongs",
        "Attributes of a block take `=`: `cidr = \"10.0.0.0/16\"`. A `:` stands before a type (`input x: string`), in a conditional (`a ? b : c`) and in `for`. In an object expression both are taken.";
    EXTRA_COMMA = "E0116", "a comma separates nothing",
        "One comma or one new line separates two attributes, members or arguments. A comma may follow the last one, but not the opening bracket or another comma.";
    BAD_NUMBER = "E0117", "a number cannot be read",
        "Numbers are written like `8080`, `-1`, `0.5` or `1e9`. Sizes and durations with a unit are strings: `\"10s\"`. A port range is `8192..65535`.";
    TOO_MANY_ERRORS = "E0118", "a file has too many errors",
        "smd shows the first 100 errors of a file's text. Repair those and run it again.";
    BAD_NAME = "E0119", "a name is not well formed",
        "Names of resources, inputs, blocks and attributes are letters a to z, digits and `_`, starting with a letter or `_`, without quotes. AWS names, which may hold other characters, are strings: `name = \"team-a\"`.";
    TOO_LONG = "E0120", "an expression or type is too long",
        "Lists, objects, arguments and blocks may have any length. What is left when they are taken away - a text with hundreds of `${`, the type of an input with hundreds of members - is read as a whole and may have about 2000 words and signs. Give parts of it names with `let`, or split it.";
}
