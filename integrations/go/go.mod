module git-qsnap.invalid/qsnap

go 1.19
