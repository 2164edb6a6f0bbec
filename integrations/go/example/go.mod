module example

go 1.19

require git-qsnap.invalid/qsnap v0.0.0

replace git-qsnap.invalid/qsnap => ../
