"""What goes to the cloud: one template and one zip, made from the source by `python -m cloud`. Never shipped itself."""
