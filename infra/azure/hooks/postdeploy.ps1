& "$PSScriptRoot/run.ps1" postdeploy
exit $LASTEXITCODE
