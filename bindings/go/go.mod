module github.com/libsfu/libsfu/bindings/go

go 1.19
