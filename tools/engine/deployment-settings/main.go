// Writes to standard output what Pulumi Cloud's own type for deployment settings takes from standard input. What the type doesn't know is
// left out, and what it asks for and doesn't find is null. What was built is kept by the version of the SDK alone: after a change here, give
// its folder of the cache another name.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"

	"github.com/pulumi/pulumi-cloud-sdk/go/apitype"
)

func main() {
	if err := reencode(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func reencode(from io.Reader, to io.Writer) error {
	text, err := io.ReadAll(from)
	if err != nil {
		return err
	}
	var settings apitype.DeploymentSettingsRequest
	if err := json.Unmarshal(text, &settings); err != nil {
		return err
	}
	return json.NewEncoder(to).Encode(settings)
}
