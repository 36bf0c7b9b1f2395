// Package provider is the alicloud provider of Pulumi: the upstream Terraform provider, bridged, with the names and shapes of the published
// pulumi_alicloud package. What is paired with what is data (mapping.json, written by mapping/generate.py).
package provider

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/aliyun/terraform-provider-alicloud/alicloud"
	"github.com/hashicorp/terraform-plugin-sdk/helper/schema"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	shimv1 "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfshim/sdk-v1"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
)

const (
	Name = "alicloud"
	// Version is the published plugin's that has the same upstream provider (1.285.0).
	Version = "3.105.0"
)

//go:embed mapping.json
var mappingJSON []byte

type override struct {
	MaxItemsOne *bool `json:"maxItemsOne"`
	Omit        bool  `json:"omit"`
}

type kind struct {
	Tokens       map[string]string              `json:"tokens"`     // by upstream name
	OlderNames   map[string]string              `json:"olderNames"` // token -> the older token that still works
	Overrides    map[string]map[string]override `json:"overrides"`  // by upstream name and path
	WithoutToken []string                       `json:"withoutToken"`
}

type mapping struct {
	Resources kind `json:"resources"`
	Functions kind `json:"functions"`
}

// Secrets that upstream does not mark, by resource: without this they would be readable in the state.
var secrets = map[string][]string{
	"alicloud_slb_server_certificate":    {"private_key"},
	"alicloud_ess_scaling_configuration": {"password", "user_data"},
	"alicloud_instance":                  {"user_data"},
}

// Info describes the provider to the bridge.
func Info() (tfbridge.ProviderInfo, error) {
	var names mapping
	if err := json.Unmarshal(mappingJSON, &names); err != nil {
		return tfbridge.ProviderInfo{}, fmt.Errorf("read mapping.json: %w", err)
	}
	info := tfbridge.ProviderInfo{
		P:       shimv1.NewProvider(alicloud.Provider().(*schema.Provider)),
		Name:    Name,
		Version: Version,
		Config:  configuration(),
		// Each of these is a second spelling of one that has a token.
		IgnoreMappings: append(names.Resources.WithoutToken, names.Functions.WithoutToken...),
		Resources:      map[string]*tfbridge.ResourceInfo{},
		DataSources:    map[string]*tfbridge.DataSourceInfo{},
	}
	docs := &tfbridge.DocInfo{AllowMissing: true}
	for name, token := range names.Resources.Tokens {
		resource := &tfbridge.ResourceInfo{Tok: tokens.Type(token), Docs: docs, Fields: fields(names.Resources.Overrides[name])}
		for _, property := range secrets[name] {
			resource.Fields[property] = &tfbridge.SchemaInfo{Secret: tfbridge.True()}
		}
		info.Resources[name] = resource
	}
	for name, token := range names.Functions.Tokens {
		info.DataSources[name] = &tfbridge.DataSourceInfo{
			Tok: tokens.ModuleMember(token), Docs: docs, Fields: fields(names.Functions.Overrides[name]),
		}
	}
	info.SetAutonaming(255, "-")
	// Last: an older name is a copy of what its resource has become by now.
	for name, token := range names.Resources.Tokens {
		if older, ok := names.Resources.OlderNames[token]; ok {
			info.RenameResourceWithAlias(name, tokens.Type(older), tokens.Type(token), module(older), module(token), info.Resources[name])
		}
	}
	for name, token := range names.Functions.Tokens {
		if older, ok := names.Functions.OlderNames[token]; ok {
			info.RenameDataSource(
				name, tokens.ModuleMember(older), tokens.ModuleMember(token), module(older), module(token), info.DataSources[name],
			)
		}
	}
	return info, nil
}

// configuration are the settings that the published plugin also reads from the environment, and those that are secret.
func configuration() map[string]*tfbridge.SchemaInfo {
	fromEnvironment := func(names ...string) *tfbridge.SchemaInfo {
		return &tfbridge.SchemaInfo{Default: &tfbridge.DefaultInfo{EnvVars: names}}
	}
	secret := func() *tfbridge.SchemaInfo { return &tfbridge.SchemaInfo{Secret: tfbridge.True()} }
	return map[string]*tfbridge.SchemaInfo{
		"region":         fromEnvironment("ALICLOUD_REGION"),
		"profile":        fromEnvironment("ALICLOUD_PROFILE"),
		"ecs_role_name":  fromEnvironment("ALICLOUD_ECS_ROLE_NAME"),
		"access_key":     secret(),
		"secret_key":     secret(),
		"security_token": secret(),
	}
}

// fields turns overrides by path into the bridge's nested form: `a.b` is the field b of the elements of a.
func fields(overrides map[string]override) map[string]*tfbridge.SchemaInfo {
	root := map[string]*tfbridge.SchemaInfo{}
	for path, found := range overrides {
		at, names := root, strings.Split(path, ".")
		for _, name := range names[:len(names)-1] {
			parent := property(at, name)
			if parent.Elem == nil {
				parent.Elem = &tfbridge.SchemaInfo{Fields: map[string]*tfbridge.SchemaInfo{}}
			}
			at = parent.Elem.Fields
		}
		info := property(at, names[len(names)-1])
		info.MaxItemsOne, info.Omit = found.MaxItemsOne, found.Omit
	}
	return root
}

func property(at map[string]*tfbridge.SchemaInfo, name string) *tfbridge.SchemaInfo {
	if at[name] == nil {
		at[name] = &tfbridge.SchemaInfo{}
	}
	return at[name]
}

// module of a token: `vpc/network` of `alicloud:vpc/network:Network`.
func module(token string) string {
	return strings.Split(token, ":")[1]
}
