module odradek/checks

go 1.26
