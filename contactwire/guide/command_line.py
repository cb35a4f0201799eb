"""The command line: sequences record by record, reports of faults, exit statuses, completion, and recorded bodies.

`contactwire --help` lists the commands, and `contactwire COMMAND --help` the options of one, with their defaults.

# Sequences

`convert`, `validate`, `select`, `patch`, `table` and `roundtrip` read NDJSON, JSON arrays and XML sequences record by
record, in memory that does not grow with their number. Files, and standard input (`-`), may be compressed: gzip, bzip2 and
xz are known by the suffix or by the content, Zstandard too with Python 3.14 or the extra `contactwire[zstd]`.
`contacts.ndjson.gz` is NDJSON.

| option | what it does |
| --- | --- |
| `--workers N` | has N processes do the work, as many as there are processors at most; the order stays |
| `--skip N` | passes over the first N records of each file, unread |
| `--limit N` | takes N records of each file, and leaves the others unread |
| `--max-errors N` | stops at the Nth bad record |
| `--rejects FILE` | writes bad records to FILE as they came |
| `--carrier MODULE:CLASS` | names the class of the records, such as `crm.notes:Note` |

A bad record is reported with its line, left out of what is written, and the next ones are still read. In an array or XML
sequence, its pointers begin with its index (`/2/Name`). Two elements of an array without a comma between them are one bad
record. A wrong bracket of the array itself ends the file, as damaged compressed data do. Where none of the first ten records
of a file can be read, the file is perhaps in another format: one message says so, and the file is left, with nothing of it
among the rejects. `--max-errors` lists the faults of such a file too. A value that does not fit the type of its column ends
a table, which then lacks records before it, too; `--type PATH=object`, or `--ticks text` for dates, makes the column text.

FILE of `--rejects` is in the form of its source, NDJSON, an array, or an XML sequence in UTF-8 with the root of the source,
so that you can mend it and feed it to the same command. `FILE.faults.ndjson` beside it has a line for each fault, as
`--format json` has it; its member `reject` is the number of the record in FILE, from 0, or null where the record is not in
FILE: it is too long, or has no end. FILE is a new or an empty one, so a run that goes on with `--skip` names another.

```sh
contactwire convert contacts.ndjson.gz --to xml --workers 2 --rejects bad.ndjson > contacts.xml
contactwire validate bad.ndjson --format json
```

Whatever stops a command, it has written whole records. After Ctrl-C or SIGTERM, on a full disk, at `--max-errors`, and where
a process of `--workers` is killed, it says how many records were done, and which `--skip` goes on. An array or XML sequence
is closed, but for one on a full disk. A table on a full disk lacks rows, which are written many at once, and is made anew. A
reader that closes the pipe, such as `head`, ends the command quietly.

```sh
contactwire convert contacts.ndjson --to ndjson > part1.ndjson     # Ctrl-C: after 1,280 records; --skip 1280 goes on
contactwire convert contacts.ndjson --to ndjson --skip 1280 > part2.ndjson
```

On a terminal, standard error shows how many records and bytes were read, how fast, and how long the others take.

# Reports of faults

`validate --format` says how faults are listed: `text` has a line for each, with the pointer of the value, or the column of
what is not well-formed, `full` the line of the file with the place marked below it, `json` a list of objects, and `github`
the commands that GitHub shows as annotations. `full` is the default on a terminal, `text` elsewhere. A fault between two
records of a sequence, such as a comma too many, has no line in `full`. Colours are left out where `NO_COLOR` is set. Where
`TERM` is `dumb`, they are left out too, and no progress is shown. Of a pointer over 400 characters, all reports show both
ends.

A file that cannot be read does not keep back what is found in others.

# Exit statuses

| status | when |
| --- | --- |
| 0 | all is well |
| 1 | a document or record is invalid, or a codec would not keep it whole (`roundtrip`) |
| 2 | the arguments are wrong, a file cannot be read or written, or what an option names is not there or not installed |
| 3 | `roundtrip`: a recorded body is refused by the codec of its own format, so that nobody knows what is in it |
| 130 | interrupted with Ctrl-C or SIGTERM, with which `serve` ends well, with 0 |

Of several files, one that cannot be read decides.

Results go to standard output, and all else to standard error.

# Completion in shells

`contactwire completion SHELL` writes a script for bash, zsh, fish, tcsh or powershell. It needs the extra
`contactwire[completion]`, which installs shtab; the script needs nothing. This switches it on in bash and in fish:

```sh
contactwire completion bash > ~/.local/share/bash-completion/completions/contactwire
contactwire completion fish > ~/.config/fish/completions/contactwire.fish
```

In zsh, write it to a file `_contactwire` in a folder of `$fpath`. Without the package bash-completion, have `~/.bashrc` say
`source <(contactwire completion bash)`.

# Reports on recorded bodies

`contactwire roundtrip FOLDER` sends each recorded body through the codecs, and lists what each would lose. The suffix of a
file tells its format; in an NDJSON file each line is a body, and in a list each item. `--carrier crm.notes:Note` names the
class of the bodies.

What a report says of what a body has, and a contact has no place for:

| in a body | in a report |
| --- | --- |
| letter case of names, order of members, white space, escapes, zeros at the end of a fraction | nothing, it is spelling |
| a member that is repeated | lossy: one of its values counts |
| XML: comments, processing instructions, CDATA, prefixes, namespaces, names of items | nothing, no codec reads them |
| XML: `xsi:` attributes, `xml:space` | nothing, they say how to read an element |
| XML: any other attribute of the document, a property, an item or an entry | lossy: `/Name/@lang: "en" became absent` |
| XML: attributes of an unknown member | nothing, they are kept, without their namespaces |
| XML: text between the elements of a carrier, list or dictionary | unreadable: the codec refuses it |
| XML: text between the elements of an unknown member, in several places | lossy: it is kept as one text |
| forms | what the codec itself finds; no other parser reads them |

A loss that is known can be accepted. Write a report once, and name it in later runs: they show other losses only, and end
with 1 or 3 only for those. A loss is known where file, codec, pointer and message are the same. A run tells how many known
losses there still are, how many are gone, and how many it has not looked for: those of files and codecs that it has not, and
with `--skip` or `--limit` all that it has not met.

```sh
contactwire roundtrip recorded --format json > known.json
contactwire roundtrip recorded --baseline known.json
```

A test says the same with `contactwire_replay("recorded").assert_lossless(read_baseline("known.json"))`; the fixture is the
pytest plug-in's, the function `contactwire.roundtrip.read_baseline`.
"""
