# Runs `python -m infra.azure $Step` with a Python that has the app's packages. HOOK_PYTHON names one.
param([Parameter(Mandatory = $true)][string]$Step)
$ErrorActionPreference = 'Stop'
$PSNativeCommandUseErrorActionPreference = $false  # exit codes are looked at below
Set-Location "$PSScriptRoot/../../.."
$python = '.venv/Scripts/python.exe'
$hasPackages = "import sys; from importlib.util import find_spec; sys.exit(find_spec('msal') is None)"
$isReady = $false
if ($env:HOOK_PYTHON) {
    $python = $env:HOOK_PYTHON
    $isReady = $true
}
elseif (Test-Path $python) {
    & $python -c $hasPackages
    $isReady = $LASTEXITCODE -eq 0
}
if (-not $isReady) {
    & python -c 'import sys; sys.exit(sys.version_info < (3, 11))'
    if ($LASTEXITCODE -ne 0) {
        Write-Host "this needs Python 3.11 or newer as python; then: azd hooks run $Step"
        exit 1
    }
    Write-Host 'installing what requirements.txt names into .venv'
    & python -m venv .venv
    if ($LASTEXITCODE -ne 0) { exit $LASTEXITCODE }
    & $python -m pip install --quiet --disable-pip-version-check -r requirements.txt
    if ($LASTEXITCODE -ne 0) { exit $LASTEXITCODE }
}
& $python -m infra.azure $Step
exit $LASTEXITCODE
