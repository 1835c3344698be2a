"""What goes from one office to another as a file: keys, manifest, signature, encryption, the ZIP itself.

`keys` are an office's, `manifest` says what is in a package, `envelope` encrypts one to its receiver, `writing` packs and
signs, `reading` checks everything before anything is believed. Pure: no database, no web. docs/decisions/handoff.md.
"""
