// Prints, as JSON, the shape of everything the upstream provider has, with the property names that the bridge gives it by default.
// Only generate.py runs it: the result (mapping.json) is committed.
package main

import (
	"encoding/json"
	"log"
	"os"

	"github.com/aliyun/terraform-provider-alicloud/alicloud"
	"github.com/hashicorp/terraform-plugin-sdk/helper/schema"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	shim "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfshim"
	shimv1 "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfshim/sdk-v1"
)

type property struct {
	Upstream   string               `json:"upstream"`
	Collection bool                 `json:"collection"` // a list or set
	List       bool                 `json:"list"`       // a collection that the bridge leaves one: not of one item at most
	Required   bool                 `json:"required"`
	Removed    bool                 `json:"removed"`
	Deprecated string               `json:"deprecated,omitempty"`
	Fields     map[string]*property `json:"fields,omitempty"`
}

func properties(fields shim.SchemaMap) map[string]*property {
	result := map[string]*property{}
	fields.Range(func(name string, s shim.Schema) bool {
		collection := s.Type() == shim.TypeList || s.Type() == shim.TypeSet
		p := &property{
			Upstream: name, Required: s.Required(), Removed: s.Removed() != "", Deprecated: s.Deprecated(),
			Collection: collection, List: collection && !tfbridge.IsMaxItemsOne(s, nil),
		}
		if nested, ok := s.Elem().(shim.Resource); ok {
			p.Fields = properties(nested.Schema())
		}
		result[tfbridge.TerraformToPulumiNameV2(name, fields, nil)] = p
		return true
	})
	return result
}

func main() {
	provider := shimv1.NewProvider(alicloud.Provider().(*schema.Provider))
	all := map[string]map[string]map[string]*property{"resources": {}, "functions": {}}
	for kind, entities := range map[string]shim.ResourceMap{"resources": provider.ResourcesMap(), "functions": provider.DataSourcesMap()} {
		entities.Range(func(name string, entity shim.Resource) bool {
			all[kind][name] = properties(entity.Schema())
			return true
		})
	}
	if err := json.NewEncoder(os.Stdout).Encode(all); err != nil {
		log.Fatal(err)
	}
}
