"""An independent strict reader of certificate requests.

It shares no code and no library with the product's reader: its own PEM and DER readers, RSA with
plain integers; only elliptic-curve signatures are verified by pyca/cryptography.
"""
