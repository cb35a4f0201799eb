"""The command line: exit statuses, completion in shells, and reports on recorded bodies.

`contactwire --help` lists the commands, and `contactwire COMMAND --help` the options of one, with their defaults.

# Exit statuses

| status | when |
| --- | --- |
| 0 | all is well |
| 1 | a document is invalid, or a codec would not keep it whole (`roundtrip`) |
| 2 | the arguments are wrong, a file cannot be read or written, or what an option names is not there or not installed |
| 3 | `roundtrip`: a recorded body is refused by the codec of its own format, so that nobody knows what is in it |

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
file tells its format; in an NDJSON file each line is a body. `--carrier crm.notes:Note` names the class of the bodies.

A loss that is known can be accepted. Write a report once, and name it in later runs: they show other losses only, and end
with 1 or 3 only for those. A loss is known where file, codec, pointer and message are the same.

```sh
contactwire roundtrip recorded --format json > known.json
contactwire roundtrip recorded --baseline known.json
```

A test says the same with `contactwire_replay("recorded").assert_lossless(read_baseline("known.json"))`; the fixture is the
pytest plug-in's, the function `contactwire.roundtrip.read_baseline`.
"""
