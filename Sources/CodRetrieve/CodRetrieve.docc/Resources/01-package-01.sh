mkdir retrieve
cd retrieve
swift package init --type executable --name retrieve
