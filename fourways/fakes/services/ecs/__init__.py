"""Elastic Compute Service, API 2014-05-26: security groups and their rules, zones and regions."""
