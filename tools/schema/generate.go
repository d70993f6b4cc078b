// Translates example programs, and generates the SDKs for .NET and Java, by the code with which Pulumi's language hosts do it:
// generate SCHEMA PROGRAMS FOLDER. PROGRAMS is a list of texts in Pulumi's own language.
package main

import (
	"encoding/json"
	"log"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/pulumi/pulumi-java/pkg/codegen/java"
	"github.com/pulumi/pulumi/pkg/v3/codegen/dotnet"
	gogen "github.com/pulumi/pulumi/pkg/v3/codegen/go"
	"github.com/pulumi/pulumi/pkg/v3/codegen/hcl2/syntax"
	"github.com/pulumi/pulumi/pkg/v3/codegen/nodejs"
	"github.com/pulumi/pulumi/pkg/v3/codegen/pcl"
	"github.com/pulumi/pulumi/pkg/v3/codegen/python"
	"github.com/pulumi/pulumi/pkg/v3/codegen/schema"
)

var constant = regexp.MustCompile(`hood\.(\w+)\.(\w)(\w*)`)

type files = map[string][]byte

func main() {
	text, programs, folder := must(os.ReadFile(os.Args[1])), must(os.ReadFile(os.Args[2])), os.Args[3]
	// The generator for .NET downloads the logo.
	http.DefaultTransport.(*http.Transport).RegisterProtocol("file", http.NewFileTransport(http.Dir("/")))
	bind := func() *schema.Package {
		var spec schema.PackageSpec
		check(json.Unmarshal(text, &spec))
		spec.LogoURL = "file://" + os.Args[1]
		bound, problems, err := schema.BindSpec(spec, nil, schema.ValidationOptions{})
		check(err)
		stop(problems)
		return bound
	}
	for language, sdk := range map[string]files{
		"dotnet": must(dotnet.GeneratePackage("generate", bind(), nil, nil)),
		"java":   must(java.GeneratePackage("generate", bind(), nil, nil, true, false)),
	} {
		for name, content := range sdk {
			write(filepath.Join(folder, language, name), content)
		}
	}
	var sources []string
	check(json.Unmarshal(programs, &sources))
	// What only asks, and declares nothing, gets the name that a package of Pulumi's own would have.
	// In Go, a lookup's arguments are called as the lookup is: another function has the name of the resource's getter.
	own := strings.NewReplacer("import pulumi_hood", "import pulumi_ocamba_hood", "com.pulumi.hood", "com.ocamba.hood",
		"hood.GetCampaignOutputArgs", "hood.LookupCampaignOutputArgs")
	examples := map[string]map[string]string{}
	for _, source := range sources {
		examples[source] = map[string]string{}
		for language, generate := range map[string]func(*pcl.Program) (files, hcl.Diagnostics, error){
			"typescript": nodejs.GenerateProgram,
			"python":     python.GenerateProgram,
			"go":         gogen.GenerateProgram,
			"csharp":     dotnet.GenerateProgram,
			"java":       java.GenerateProgram,
		} {
			parser := syntax.NewParser()
			check(parser.ParseFile(strings.NewReader(source), "main.pp"))
			stop(parser.Diagnostics)
			loader := schema.NewCachedLoaderWithEntries(nil, map[string]schema.PackageReference{"hood:": bind().Reference()})
			program, problems, err := pcl.BindProgram(parser.Files, pcl.Loader(loader), pcl.PreferOutputVersionedInvokes)
			check(err)
			stop(problems)
			made, problems, err := generate(program)
			check(err)
			stop(problems)
			for _, content := range made {
				examples[source][language] = own.Replace(string(content))
			}
		}
		// The generator for Java writes a text where only an enum's value compiles.
		for _, found := range constant.FindAllStringSubmatch(examples[source]["typescript"], -1) {
			text, value := strconv.Quote(strings.ToLower(found[2])+found[3]), found[1]+"."+found[2]+found[3]
			java := strings.ReplaceAll(examples[source]["java"], text, "com.ocamba.hood.enums."+value)
			examples[source]["java"] = java
		}
	}
	write(filepath.Join(folder, "examples.json"), must(json.Marshal(examples)))
}

func write(path string, content []byte) {
	check(os.MkdirAll(filepath.Dir(path), 0o755))
	check(os.WriteFile(path, content, 0o644))
}

func must[T any](value T, err error) T {
	check(err)
	return value
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func stop(problems hcl.Diagnostics) {
	if problems.HasErrors() {
		log.Fatal(problems)
	}
}
