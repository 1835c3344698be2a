"""Many paintings at once: whose picture a file is by its name, what a ZIP holds, what a workbook says, what can be made
of a row. Pure."""
