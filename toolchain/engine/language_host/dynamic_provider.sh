#!/bin/sh
# Runs dynamic providers, which a program defines itself, with the Python of the program's environment: the engine starts it in the project's
# folder and names the environment by the options of Pulumi.yaml.
python=${PULUMI_PYTHON_CMD:-python3}
environment=${PULUMI_RUNTIME_VIRTUALENV:-}
if [ -z "$environment" ]; then
	case ${PULUMI_RUNTIME_TOOLCHAIN:-} in
	uv) environment=.venv ;;
	poetry) environment=$(poetry env info --path) ;;
	esac
fi
if [ -n "$environment" ]; then
	python=$environment/bin/python
	if [ ! -x "$python" ]; then
		echo "The 'virtualenv' option in Pulumi.yaml names $environment, which is no virtual environment: run \`pulumi install\`." >&2
		exit 1
	fi
fi
exec "$python" -u -m pulumi.dynamic "$@"
