%% @doc Tests that compiled patterns ask for where Core Erlang has no pattern for them.
-module(beamtalk_match).

-export([is_a/2, list_prefix/2, array_elements/1, error/1]).

-compile({no_auto_import, [error/1]}).

%% Is the value an instance of the class of that name? Symbol leaves out nil and booleans,
%% Dictionary leaves out value objects: their own classes say so.
-spec is_a(term(), atom()) -> boolean().
is_a(Value, ClassName) ->
    case beamtalk_registry:lookup(ClassName) of
        {ok, Module} -> beamtalk_class:is_kind_of(Value, Module);
        error -> beamtalk_exception:not_found(ClassName)
    end.

%% The first N elements of a proper list and the rest; none where it is shorter or no list.
-spec list_prefix(term(), non_neg_integer()) -> {[term()], term()} | none.
list_prefix(List, N) -> list_prefix(List, N, []).

list_prefix(Rest, 0, Done) -> {lists:reverse(Done), Rest};
list_prefix([Head | Tail], N, Done) -> list_prefix(Tail, N - 1, [Head | Done]);
list_prefix(_, _, _) -> none.

%% The elements of an array as a list; none for anything else.
-spec array_elements(term()) -> [term()] | none.
array_elements(#{'__class__' := 'bt@stdlib@Array', elements := Elements}) -> tuple_to_list(Elements);
array_elements(_) -> none.

-spec error(term()) -> no_return().
error(Value) -> beamtalk_exception:match_error(Value).
