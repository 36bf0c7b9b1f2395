"""What a model at Model Studio is declared as: token API, reserved throughput, units."""
