%% @doc Whether code of one package may send a message whose method is internal to another one.
%% Compiled code asks only where the selector is somebody else's internal and the class of the
%% receiver is not known before; all other sends never get here.
-module(beamtalk_access).

-export([check/4]).

%% Raises `#dispatch_error' where the method that the message would run is internal to another
%% package than that of the sender.
-spec check(atom(), term(), atom(), arity()) -> ok.
check(Package, {'$proxy', Actor, _Limit}, Selector, Arity) ->
    check(Package, Actor, Selector, Arity);
check(Package, {'$class', Module} = Class, Selector, Arity) ->
    Function = list_to_atom("class " ++ atom_to_list(Selector)),
    case definer(Module, Function, Arity + 1) of
        nil -> check_instance('bt@stdlib@Class', Package, Class, Selector, Arity);
        Definer -> check_method(Definer, class_methods, Package, Class, Selector)
    end;
check(Package, Receiver, Selector, Arity) ->
    check_instance(beamtalk_class:class_of(Receiver), Package, Receiver, Selector, Arity).

check_instance(Module, Package, Receiver, Selector, Arity) ->
    case definer(Module, beamtalk_class:function_name(Selector), Arity + 1) of
        nil -> ok;
        Definer -> check_method(Definer, methods, Package, Receiver, Selector)
    end.

%% The class of an actor of another node need not be here; that node has no internals of ours.
definer(Module, Function, Arity) ->
    case beamtalk_class:is_class_module(Module) of
        true -> beamtalk_class:definer(Module, Function, Arity);
        false -> nil
    end.

check_method(Definer, Side, Package, Receiver, Selector) ->
    case Definer:'$meta'() of
        #{package := Package} ->
            ok;
        #{package := Owner, Side := Methods} ->
            case is_internal(Selector, Methods) of
                true -> refuse(Owner, Receiver, Selector);
                false -> ok
            end
    end.

is_internal(Selector, Methods) ->
    lists:any(
        fun(#{selector := Each, modifiers := Modifiers}) ->
            Each =:= Selector andalso lists:member(internal, Modifiers)
        end,
        Methods
    ).

-spec refuse(atom(), term(), atom()) -> no_return().
refuse(Owner, Receiver, Selector) ->
    beamtalk_exception:raise(
        dispatch_error,
        beamtalk_class:class_name(Receiver),
        Selector,
        [beamtalk_print:symbol(Selector), <<" is internal to package ">>, atom_to_binary(Owner)],
        <<"Send what the package offers instead">>
    ).
