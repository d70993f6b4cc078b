// Generates SDKs from a schema, by the code with which Pulumi's language hosts do it: gensdk SCHEMA FOLDER.
package main

import (
	"encoding/json"
	"log"
	"os"
	"path/filepath"

	gogen "github.com/pulumi/pulumi/pkg/v3/codegen/go"
	"github.com/pulumi/pulumi/pkg/v3/codegen/nodejs"
	"github.com/pulumi/pulumi/pkg/v3/codegen/python"
	"github.com/pulumi/pulumi/pkg/v3/codegen/schema"
)

func main() {
	text, err := os.ReadFile(os.Args[1])
	must(err)
	var spec schema.PackageSpec
	must(json.Unmarshal(text, &spec))
	for language, generate := range map[string]func(*schema.Package) (map[string][]byte, error){
		"nodejs": func(bound *schema.Package) (map[string][]byte, error) {
			return nodejs.GeneratePackage("gensdk", bound, nil, nil, true, nil)
		},
		"python": func(bound *schema.Package) (map[string][]byte, error) {
			return python.GeneratePackage("gensdk", bound, nil, nil)
		},
		"go": func(bound *schema.Package) (map[string][]byte, error) {
			return gogen.GeneratePackage("gensdk", bound, nil)
		},
	} {
		bound, problems, err := schema.BindSpec(spec, schema.NewNullLoader(), schema.ValidationOptions{})
		must(err)
		if problems.HasErrors() {
			log.Fatal(problems)
		}
		// So does `pulumi package add`, whatever the schema says: it gives the Go SDK its go.mod.
		bound.SupportPack = true
		files, err := generate(bound)
		must(err)
		for name, content := range files {
			path := filepath.Join(os.Args[2], language, name)
			must(os.MkdirAll(filepath.Dir(path), 0o755))
			must(os.WriteFile(path, content, 0o644))
		}
	}
}

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
