"""What can be said of the Bicep templates without Azure and without the Bicep compiler."""
