module github.com/skarademir/naturalsort

go 1.22
