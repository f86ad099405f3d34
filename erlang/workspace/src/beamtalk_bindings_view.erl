%% @doc Primitives of `BindingsView': the variables of a session, or the bindings of the workspace, as
%% they are when asked. Only code of the session itself may change a session's.
-module(beamtalk_bindings_view).

-export(['at:'/2, 'at:put:'/3, 'removeKey:'/2, asDictionary/1, of_workspace/0, refuse/1]).

-define(NAME, 'BindingsView').

%% @doc The view of the workspace's bindings.
-spec of_workspace() -> map().
of_workspace() -> #{'__class__' => 'bt@stdlib@BindingsView', pid => workspace}.

-spec 'at:'(map(), term()) -> term().
'at:'(Self, Name) ->
    Symbol = beamtalk_check:symbol(Name, ?NAME, 'at:'),
    case asDictionary(Self) of
        #{Symbol := Value} -> Value;
        _ -> missing(Symbol, 'at:')
    end.

-spec 'at:put:'(map(), term(), term()) -> term().
'at:put:'(Self, Name, Value) ->
    Symbol = beamtalk_check:symbol(Name, ?NAME, 'at:put:'),
    put_in(Self, Symbol, Value).

put_in(#{pid := workspace}, Symbol, Value) ->
    beamtalk_workspace_interface:'bind:as:'(nil, Value, Symbol);
put_in(Self, Symbol, Value) ->
    is_own(Self) orelse refuse('at:put:'),
    beamtalk_binding:set(Symbol, Value).

-spec 'removeKey:'(map(), term()) -> term().
'removeKey:'(Self, Name) ->
    Symbol = beamtalk_check:symbol(Name, ?NAME, 'removeKey:'),
    remove_from(Self, Symbol).

remove_from(#{pid := workspace} = Self, Symbol) ->
    Value = 'at:'(Self, Symbol),
    nil = beamtalk_workspace_interface:'unbind:'(nil, Symbol),
    Value;
remove_from(Self, Symbol) ->
    is_own(Self) orelse refuse('removeKey:'),
    case beamtalk_binding:variables() of
        #{Symbol := Value} -> beamtalk_binding:erase(Symbol), Value;
        _ -> missing(Symbol, 'removeKey:')
    end.

-spec asDictionary(map()) -> map().
asDictionary(#{pid := workspace}) ->
    beamtalk_workspace_globals:all();
asDictionary(#{pid := Pid} = Self) ->
    case is_own(Self) of
        true -> beamtalk_binding:variables();
        false -> beamtalk_workspace_session:bindings(Pid)
    end.

%% @doc Raises what writing to another session gives.
-spec refuse(atom()) -> no_return().
refuse(Selector) ->
    beamtalk_exception:raise(unsupported, ?NAME, Selector,
                             <<"Cannot mutate another session's bindings">>, nil).

-spec missing(atom(), atom()) -> no_return().
missing(Symbol, Selector) ->
    beamtalk_exception:raise(key_not_found, ?NAME, Selector,
                             [<<"Name not found: ">>, atom_to_binary(Symbol)], nil).

is_own(#{pid := Pid}) ->
    beamtalk_session:is_own(Pid).
