& "$PSScriptRoot/run.ps1" postprovision
exit $LASTEXITCODE
