"""Forms: how values are spelled in them, and which ones they lose (WHATWG URL, section 5, with the names of ASP.NET).

# Names

The codec reads names in any letter case, and both styles mixed:

| what             | read                                                       | written, `style="dots"`        |
| ---------------- | ---------------------------------------------------------- | ------------------------------ |
| property         | `Name=a`; `Name` for `Name=`                               | `Name=a`                       |
| inside a carrier | `Category.Id=3`, `Category[Id]=3`                          | `Category.Id=3`                |
| list of carriers | `Emails[0].Value=a`, `Emails[0][Value]=a`                  | `Emails[0].Value=a`            |
| list of values   | `Domains=a&Domains=b`, `Domains[]=a`, `Domains[0]=a`       | `Domains=a&Domains=b`          |
| list of lists    | `Lines[0][0].Label=a`                                      | `Lines[0][0].Label=a`          |
| dictionary       | `Custom[0].Key=k&Custom[0].Value=v`; `Custom[k]=v`         | the pair of `Key` and `Value`  |
| document         | `Name=a` for a carrier, `[0].Name=a` for a list of them    | the same                       |
| unknown member   | `X=a`; `X.Y=a` for an object; `X=a&X=b`, `X[0]=a` a list   | `X=a`, `X.Y=a`, `X[0]=a`       |

`style="brackets"` writes `Category[Id]`, `Emails[0][Value]` and `Custom[0][Key]`. Indexes come in any order, from 0 without
gaps. Booleans may be in any letter case. A name with a dot in it is put in brackets, `X[a.b]`. A key means the same, and has
the same fault, whatever other keys the form has. A byte order mark in front of a form in UTF-8 is passed over.

If several pairs give one value, the last counts, and of a boolean the first, as in ASP.NET's binder. ASP.NET sends a check
box as `NoMailing=true&NoMailing=false`, and only the second pair if the box is not ticked. `duplicates="error"` allows these
two pairs, and reports all other repetitions.

# What a form loses

A form cannot express some values. For each of them there is one rule:

| what                                               | written               | read back as                                |
| -------------------------------------------------- | --------------------- | ------------------------------------------- |
| a property that is null                            | not at all            | absent                                      |
| the same, if it is required or has a default       | `EncodeError`         |                                             |
| an empty list, dictionary or carrier               | `Emails=`             | what it was                                 |
| a list of one empty string                         | `Domains[0]=`         | what it was                                 |
| a document with nothing in it                      | an empty body         | what it was                                 |
| a null in a list                                   | an empty text         | what an empty text is there (see below)     |
| a null in a dictionary                             | its `Key` alone       | what it was                                 |
| a null in a list where `max_depth` is reached      | an empty text         | what it was                                 |
| a number, true or false in an unknown member       | its text              | a string                                    |
| an empty list or object in an unknown member       | an empty text         | `""`                                        |
| a null in an object in an unknown member           | not at all            | absent                                      |
| a null in a list in an unknown member              | `""`                  | `""`                                        |
| an unknown name with `].` or `][` in it            | `EncodeError`         |                                             |
| the unknown name `""` in some places (see below)   | `EncodeError`         |                                             |
| an unknown name in a key over `max_key_length`     | `EncodeError`         |                                             |

An empty text in a list is `""`, or an empty list, dictionary or carrier, by the kind of the items; for a number, boolean or
date, and for an `Enum` that is no `StrEnum` and has no member `""`, it is null. It is null, too, for a carrier that has a
required property, and for a carrier, list or dictionary where `max_depth` leaves no level for an empty one.

At the top of a form, the unknown name `""` cannot be that of a list, nor of an object with a name that needs brackets.

An empty text for a property that is a number, boolean or date is a fault.
"""
